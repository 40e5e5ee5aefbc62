// .github: GitHub's own parser accepts the workflows, every script and step that
// they call exists, and templates and owners are in the form that GitHub reads.
import assert from 'node:assert/strict';
import { accessSync, constants, mkdirSync, readdirSync, readFileSync,
         writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { temporaryFolder } from '../integration/support/files.mjs';
import { fromRoot } from './support/paths.mjs';
import { readWorkflow } from './support/workflows.mjs';

const FOLDER = '.github/workflows';
const names = readdirSync(fromRoot(FOLDER)).sort();
const text = (name) => readFileSync(fromRoot(name), 'utf8');
const workflow = (name) => parse(text(`${FOLDER}/${name}`));
const jobsOf = (name) => Object.entries(workflow(name).jobs);
const stepsOf = (name) => jobsOf(name).flatMap(([, job]) => job.steps ?? []);

// The values of a job's matrix.
function valuesOf(job, key) {
  const { include = [], [key]: values = [] } = job.strategy?.matrix ?? {};
  return [...values, ...include.map((entry) => entry[key])];
}

// The commands of a job, one for each value of the matrix that it names.
function commandsOf(job) {
  return (job.steps ?? []).flatMap(({ run }) => run?.split('\n') ?? [])
      .flatMap((command) => {
        const [reference, key] = /\$\{\{ matrix\.(\w+) \}\}/.exec(command) ?? [];
        return reference === undefined ? [command] :
          valuesOf(job, key).map((value) => command.replace(reference, value));
      });
}

// The steps of a script: those that its first comment has, and ctest's labels.
function hasStep(script, step) {
  const [comment] = text(script).split('\n\n');
  return new RegExp(`^#   (${script} )?${step}\\b`, 'm').test(comment) ||
      (script === 'scripts/test.sh' && new RegExp(
          `a label of the tests .*:[^.]*\\b${step}\\b`, 's').test(comment));
}

for (const name of names) {
  test(`GitHub's parser accepts ${name}`, async () => {
    const { errors, workflow } =
        await readWorkflow(fromRoot('.'), `${FOLDER}/${name}`);
    assert.deepEqual(errors, []);
    assert.ok(workflow.jobs.length > 0);
  });

  test(`each job of ${name} has few rights, and an end`, () => {
    assert.deepEqual(workflow(name).permissions, { contents: 'read' });
    for (const [id, job] of jobsOf(name)) {
      if (job.uses === undefined) assert.ok(job['timeout-minutes'] > 0, id);
      if (Object.values(job.permissions ?? {}).includes('write')) {
        assert.deepEqual(workflow(name).on, { push: { tags: ['v*'] } }, id);
      }
    }
  });

  test(`${name} uses actions of a known origin, of one version`, () => {
    for (const { uses } of stepsOf(name).filter(({ uses }) => uses)) {
      assert.match(
          uses, /^(actions|docker|sigstore)\/[a-z-]+@v\d+$/);
    }
  });

  test(`no text from outside is part of a command of ${name}`, () => {
    for (const { run = '' } of stepsOf(name)) {
      assert.doesNotMatch(run.replaceAll(/\$\{\{ matrix\.\w+ \}\}/g, ''), /\$\{\{/);
    }
  });

  test(`every script and step that ${name} calls exists`, () => {
    const called = jobsOf(name).flatMap(([, job]) => commandsOf(job))
        .filter((command) => command.includes('scripts/'));
    assert.ok(called.length > 0);
    for (const command of called) {
      const [script, ...args] = command.split(' ');
      accessSync(fromRoot(script), constants.X_OK);
      // Of the other scripts, only the first is a step.
      const steps = script === 'scripts/test.sh' ? args : args.slice(0, 1);
      assert.ok(steps.length > 0, command);
      for (const step of steps) assert.ok(hasStep(script, step), command);
    }
  });
}

test('the parser rejects what GitHub would', async (t) => {
  const folder = temporaryFolder(t);
  mkdirSync(join(folder, FOLDER), { recursive: true });
  for (const [from, to, message] of [
    ['timeout-minutes:', 'timeout-minute:', /Unexpected value 'timeout-minute'/],
    ['matrix.runner', 'matrices.runner', /Unrecognized named-value: 'matrices'/],
    ['steps:\n      #', 'step:\n      #', /Unexpected value 'step'/],
  ]) {
    const changed = text(`${FOLDER}/ci.yml`).replace(from, to);
    assert.notEqual(changed, text(`${FOLDER}/ci.yml`));
    writeFileSync(join(folder, FOLDER, 'ci.yml'), changed);
    const { errors } = await readWorkflow(folder, `${FOLDER}/ci.yml`);
    assert.match(errors.join('\n'), message);
  }
});

test('all steps of CI are in the workflow', () => {
  const [, steps] = /^STEPS=\((.*)\)$/m.exec(text('scripts/test.sh'));
  const run = workflow('ci.yml').jobs.test.steps.flatMap(({ run = '' }) =>
    /^scripts\/test\.sh ([a-z]+)$/.exec(run)?.slice(1) ?? []);
  const { strategy: { matrix } } = workflow('ci.yml').jobs.test;
  assert.deepEqual([...run, ...matrix.steps.join(' ').split(' ')].sort(),
                   steps.split(' ').sort());
});

test('the issue forms are in the form that GitHub reads', () => {
  const folder = '.github/ISSUE_TEMPLATE';
  const forms = readdirSync(fromRoot(folder));
  assert.deepEqual(forms.sort(), ['bug.yml', 'config.yml', 'feature.yml']);
  for (const name of forms.filter((name) => name !== 'config.yml')) {
    const form = parse(text(`${folder}/${name}`));
    assert.deepEqual(Object.keys(form), ['name', 'description', 'labels', 'body']);
    const inputs = form.body.filter(({ type }) => type !== 'markdown');
    assert.equal(new Set(inputs.map(({ id }) => id)).size, inputs.length);
    for (const { type, id, attributes } of inputs) {
      assert.ok(['dropdown', 'input', 'textarea'].includes(type), type);
      assert.match(id, /^[a-z_-]+$/);
      assert.equal(typeof attributes.label, 'string');
      assert.equal(Array.isArray(attributes.options), type === 'dropdown');
    }
  }
  for (const link of parse(text(`${folder}/config.yml`)).contact_links) {
    assert.deepEqual(Object.keys(link), ['name', 'url', 'about']);
    const [, path] =
        /^https:\/\/github\.com\/wriftai\/grpc-gateway\/(.+)$/.exec(link.url);
    const [, file] = /^blob\/main\/(.+)$/.exec(path) ?? [];
    if (file !== undefined) accessSync(fromRoot(file));
  }
});

test('every rule of CODEOWNERS names files that exist, and a team', () => {
  const rules = text('.github/CODEOWNERS').split('\n')
      .filter((line) => line !== '' && !line.startsWith('#'));
  assert.match(rules[0], /^\* /);
  for (const rule of rules) {
    const [, pattern, owners] = /^(\S+)((?: @wriftai\/[a-z-]+)+)$/.exec(rule);
    assert.ok(owners);
    if (pattern !== '*') accessSync(fromRoot(`.${pattern}`));
  }
});
