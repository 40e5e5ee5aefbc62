// Builds dist/ in a checkout: the stubs, the service config and the license come
// from elsewhere in it.
import { execFileSync } from 'node:child_process';
import { copyFileSync, rmSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

process.chdir(fileURLToPath(new URL('.', import.meta.url)));
const bin = `${process.cwd()}/node_modules/.bin`;
const run = (tool, ...args) => execFileSync(`${bin}/${tool}`, args, {
  stdio: 'inherit',
  env: { ...process.env, PATH: `${bin}:${process.env.PATH}` },
});

rmSync('dist', { recursive: true, force: true });
run('buf', 'generate', '--clean');
copyFileSync('../service_config.json', 'src/gen/service_config.json');
copyFileSync('../../LICENSE', 'LICENSE');
run('tsc');
