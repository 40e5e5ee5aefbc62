// Updates the flags in the chart's schema; see CONTRIBUTING.md, "A new flag".
//
//   node tests/deploy/write_flag_schemas.mjs build/release/bin/wriftai-gateway
import { writeFileSync } from 'node:fs';
import process from 'node:process';
import { SCHEMA_PATH, flagsSchema, schemaText }
  from './support/flag_schemas.mjs';

writeFileSync(SCHEMA_PATH, schemaText(flagsSchema(process.argv[2])));
