// When the stories happened, in milliseconds before the opening; the users' own records agree with them.

const minute = 60_000;

export const storyTimes = {
  passwordChange: 19 * 60 * minute,
  lastGoodLogin: 22 * 60 * minute,
  lock: 42 * minute,
  office: 310 * minute,
  travellerSecond: 270 * minute,
  lostAppLogin: 100 * minute,
  removal: 47 * 60 * minute,
} as const;
