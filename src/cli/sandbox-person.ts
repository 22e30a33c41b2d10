// Somebody of the simulated organization, an administrator, as whom the demo signs in and others can.

export const sandboxPerson = 'helena.brandt@larkspur.example';
