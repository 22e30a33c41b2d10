// The platform that the official conformance scenarios ask for: tools, resources and prompts by the names that they call.

import { z } from 'zod';
import type { Prompt, Resource } from '../../src/core/offering.ts';
import { type AnyTool, defineTools, type Platform } from '../../src/core/tool.ts';

const tool = defineTools<never>();

/** The smallest PNG: one transparent pixel. */
const pixel = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';

const said = z.object({ text: z.string() });

/** A tool whose work is done by the time it runs: what the scenario looks at happens in a step before it. */
function simpleTool(name: string, text: string, input: z.ZodObject = z.strictObject({})): AnyTool {
  return tool({
    name,
    title: name.replaceAll('_', ' '),
    description: `Fixture: ${text}`,
    access: 'read',
    scopes: [],
    local: true,
    input: () => input,
    output: () => said,
    run: async () => ({ text }),
  });
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

const tools: readonly AnyTool[] = [
  simpleTool('test_simple_text', 'This is a simple text response for testing.'),
  tool({
    name: 'test_error_handling',
    title: 'test error handling',
    description: 'Fixture: always fails.',
    access: 'read',
    scopes: [],
    local: true,
    input: () => z.strictObject({}),
    output: () => said,
    run: async () => {
      throw new Error('This tool intentionally returns an error for testing');
    },
  }),
  tool({
    name: 'test_tool_with_progress',
    title: 'test tool with progress',
    description: 'Fixture: reports progress three times.',
    access: 'read',
    scopes: [],
    local: true,
    input: () => z.strictObject({}),
    output: () => said,
    run: async (_input, { progress }) => {
      progress(0, 100);
      await pause(50);
      progress(50, 100);
      await pause(50);
      progress(100, 100);
      return { text: 'Done.' };
    },
  }),
  simpleTool('test_tool_with_logging', 'Logged three times.'),
  simpleTool('test_logging_tool', 'Logged once, where the request wants to hear it.'),
  simpleTool('test_sampling', 'The model answered.', z.strictObject({ prompt: z.string() })),
  simpleTool('test_elicitation', 'The person answered.', z.strictObject({ message: z.string() })),
  simpleTool('test_elicitation_sep1034_defaults', 'The person answered.'),
  simpleTool('test_elicitation_sep1330_enums', 'The person answered.'),
  simpleTool('test_streaming_elicitation', 'The person answered.'),
  simpleTool('test_missing_capability', 'The model answered.'),
  simpleTool('test_input_required_result_elicitation', 'Hello!'),
  simpleTool('test_input_required_result_sampling', 'The model answered.'),
  simpleTool('test_input_required_result_list_roots', 'The client named its roots.'),
  simpleTool('test_input_required_result_request_state', 'state-ok'),
  simpleTool('test_input_required_result_multiple_inputs', 'All three answered.'),
  simpleTool('test_input_required_result_multi_round', 'Both rounds are over.'),
  simpleTool('test_input_required_result_tampered_state', 'state-ok'),
  simpleTool('test_input_required_result_capabilities', 'Answered.'),
];

const resources: readonly Resource[] = [
  {
    uri: 'test://static-text',
    name: 'static-text',
    description: 'A text',
    mimeType: 'text/plain',
    read: async () => 'This is the content of the static text resource.',
  },
  {
    uri: 'test://static-binary',
    name: 'static-binary',
    description: 'A picture',
    mimeType: 'image/png',
    read: async () => Buffer.from(pixel, 'base64'),
  },
  {
    uri: 'test://template/{id}/data',
    name: 'template',
    description: 'Data by id',
    mimeType: 'application/json',
    read: async ({ id }) => JSON.stringify({ id, templateTest: true, data: `Data for ID: ${id}` }),
  },
];

const prompts: readonly Prompt[] = [
  {
    name: 'test_simple_prompt',
    description: 'A prompt without arguments',
    write: () => [{ text: 'This is a simple prompt for testing.' }],
  },
  {
    name: 'test_prompt_with_arguments',
    description: 'A prompt with two arguments',
    arguments: [
      { name: 'arg1', description: 'First', required: true, complete: async (typed) => [`${typed}-completed`] },
      { name: 'arg2', description: 'Second', required: true },
    ],
    write: ({ arg1, arg2 }) => [{ text: `Prompt with arguments: arg1='${arg1}', arg2='${arg2}'` }],
  },
  {
    name: 'test_prompt_with_embedded_resource',
    description: 'A prompt in which a resource stands',
    arguments: [{ name: 'resourceUri', description: 'Which resource', required: true }],
    write: ({ resourceUri = '' }) => [
      { uri: resourceUri, mimeType: 'text/plain', embedded: 'Embedded resource content for testing.' },
      { text: 'Please process the embedded resource above.' },
    ],
  },
  {
    name: 'test_prompt_with_image',
    description: 'A prompt with a picture',
    write: () => [{ image: pixel, mimeType: 'image/png' }, { text: 'Please analyze the image above.' }],
  },
];

export const fixture: Platform = {
  name: 'fixture',
  title: 'Fixture',
  instructions: 'Answers the conformance scenarios.',
  toolsets: { all: tools },
  resources,
  prompts,
};
