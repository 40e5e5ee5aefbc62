// The part of the chart's schema that is about the gateway's flags, from what
// the program itself says.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { CHART } from './helm.mjs';

export const SCHEMA_PATH = `${CHART}/values.schema.json`;

export const readSchema = () => JSON.parse(readFileSync(SCHEMA_PATH, 'utf8'));

// Flags that the chart sets itself, besides those for addresses and files; and
// those that are for a developer's machine or do not serve.
const OWN = new Set([
  'api_base_url', 'check_config', 'drain_timeout', 'etcd_endpoints',
  'peer_advertise', 'peer_allowed_names', 'sandbox', 'webhook_advertise',
  'webhook_allow_unsigned', 'webhook_public_url',
]);
const isOwn = (name) => OWN.has(name) || /_(address|file)$/.test(name);

// A value that no flag with a type accepts.
const INVALID = '?';

// [how the program rejects a value, the schema of the values that it accepts]
const TYPES = [
  [/expected a whole number from (\S+) to (\S+)$/,
   ([, min, max]) =>
     ({ type: 'integer', minimum: Number(min), maximum: Number(max) })],
  [/expected a number from (\S+) to (\S+)$/,
   ([, min, max]) =>
     ({ type: 'number', minimum: Number(min), maximum: Number(max) })],
  [/expected a duration /,
   () => ({ type: 'string', pattern: '^([0-9.]+(ns|us|ms|s|m|h))+$' })],
  [/expected true or false$/, () => ({ type: 'boolean' })],
  [/expected ((?:\w+, )*\w+ or \w+)$/,
   ([, names]) => ({ type: 'string', enum: names.split(/, | or /) })],
];

function typeOf(program, name) {
  const { stderr } = spawnSync(program, ['--check_config'], {
    encoding: 'utf8', env: { [`GATEWAY_${name.toUpperCase()}`]: INVALID },
  });
  for (const [pattern, schema] of TYPES) {
    const found = pattern.exec(stderr.trim());
    if (found) return schema(found);
  }
  return { type: 'string' };
}

/** The schema of `flags` in the chart's values, for this program. */
export function flagsSchema(program) {
  const { stdout } = spawnSync(program, ['--help'], { encoding: 'utf8' });
  const flags = [...stdout.matchAll(
      /^ {2}--(\w+) {2}\(default: (.*)\)\n((?: {6}.*\n)+)/gm)];
  return {
    type: 'object',
    additionalProperties: false,
    properties: Object.fromEntries(
        flags.filter(([, name]) => !isOwn(name)).map(
            ([, name, value, text]) => [name, {
              description: `${text.trim().replace(/\s+/g, ' ')} Default: ${value}.`,
              ...typeOf(program, name),
            }])),
  };
}

/** The text of values.schema.json with this part. */
export function schemaText(flags) {
  const schema = readSchema();
  schema.properties.flags = flags;
  return `${JSON.stringify(schema, null, 2)}\n`;
}
