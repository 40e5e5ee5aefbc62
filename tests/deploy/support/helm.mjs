import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { fromRoot, toolPath } from './paths.mjs';
import { objectsIn } from './render.mjs';

export const CHART = fromRoot('deploy/helm/wriftai-gateway');

/** The version of the programs that the chart installs. */
export const VERSION =
    parse(readFileSync(`${CHART}/Chart.yaml`, 'utf8')).appVersion;

/** Runs Helm; returns {status, stdout, stderr}. */
export function helm(...args) {
  const { error, status, stdout, stderr } = spawnSync(
      toolPath('helm'), args, { encoding: 'utf8', maxBuffer: 64 << 20 });
  assert.equal(error, undefined);
  // It reports the links in files/.
  return { status, stdout, stderr: stderr.replace(/^.*symbolic link.*\n/gm, '') };
}

/** Arguments for files of values in the chart and for single values. */
export function valueArgs(files, sets = []) {
  return [
    ...files.map((file) => `--values=${CHART}/${file}`),
    ...sets.map((set) => `--set=${set}`),
  ];
}

/** Runs `helm template`. */
export function template(files, sets, {
  release = 'wriftai-gateway', namespace = 'wriftai', chart = CHART,
} = {}) {
  return helm('template', release, chart, `--namespace=${namespace}`,
              ...valueArgs(files, sets));
}

/** The objects of the chart with these values; fails if Helm prints anything. */
export function chartObjects(files, sets, options) {
  const { status, stdout, stderr } = template(files, sets, options);
  assert.equal(stderr, '');
  assert.equal(status, 0);
  return objectsIn(stdout);
}

/** Whether `helm test` creates the object, instead of `helm install`. */
export function isHook({ metadata }) {
  return metadata.annotations?.['helm.sh/hook'] !== undefined;
}

/** The objects that `helm install` creates. */
export function installedObjects(...args) {
  return chartObjects(...args).filter((object) => !isHook(object));
}
