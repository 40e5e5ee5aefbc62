import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setting } from '../../integration/support/setting.mjs';
import { podProblems, referenceProblems, selectorProblems, serviceProblems }
  from './cross_checks.mjs';
import { budgetProblems, drainProblems, settingProblems }
  from './gateway_checks.mjs';
import { fromRoot } from './paths.mjs';
import { nameOf } from './render.mjs';
import { schemaErrors } from './schema.mjs';

// The Secrets that docs/deploying.md describes.
const SECRETS = readFileSync(fromRoot('docs/deploying.md'), 'utf8')
    .match(/(?<=^\| `)wriftai-gateway-[a-z-]+(?=` \|)/gm);

const help = execFileSync(setting('WRIFTAI_GATEWAY'), ['--help'],
                          { encoding: 'utf8' });

/**
 * What is wrong with the objects of an installation: against Kubernetes'
 * schemas, against each other, and against the program.
 */
export async function problems(objects) {
  const errors = await Promise.all(objects.map(
      async (object) => (await schemaErrors(object)).map(
          (error) => `${nameOf(object)}: ${error}`)));
  // The other checks require objects that match the schema.
  if (errors.flat().length > 0) return errors.flat();
  return [
    ...selectorProblems(objects),
    ...referenceProblems(objects, SECRETS), ...serviceProblems(objects),
    ...podProblems(objects), ...drainProblems(objects),
    ...settingProblems(objects, help), ...budgetProblems(objects),
  ];
}
