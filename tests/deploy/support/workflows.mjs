import { readFileSync } from 'node:fs';
import { register } from 'node:module';

// The parser imports its schema as bundlers allow, without naming its type.
register('data:text/javascript,' + encodeURIComponent(`
  import { readFile } from 'node:fs/promises';
  export async function load(url, context, next) {
    if (!url.endsWith('.json')) return next(url, context);
    const text = await readFile(new URL(url), 'utf8');
    return { format: 'module', shortCircuit: true,
             source: 'export default ' + text };
  }`));
const { convertWorkflowTemplate, NoOperationTraceWriter, parseWorkflow } =
    await import('@actions/workflow-parser');

const LOCAL = './';

/**
 * Reads a workflow with GitHub's own parser: {errors, workflow}. Workflows that
 * it calls are read, too, and their inputs and permissions checked.
 */
export async function readWorkflow(root, name) {
  const content = readFileSync(`${root}/${name}`, 'utf8');
  const { context, value } =
      parseWorkflow({ name, content }, new NoOperationTraceWriter());
  const provider = {
    getFileContent: async ({ path }) => ({
      name: path, content: readFileSync(`${root}/${path}`, 'utf8'),
    }),
  };
  const workflow = value === undefined ? undefined :
      await convertWorkflowTemplate(context, value, provider, {
        fetchReusableWorkflowDepth: 1, errorPolicy: 1,
      });
  const errors = [
    ...context.errors.getErrors().map((error) => error.message),
    ...(workflow?.errors ?? []).map(({ Message }) => Message),
  ];
  return { errors: [...new Set(errors)], workflow };
}
