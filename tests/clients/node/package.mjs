// The installed package, as the program of build.sh finds it.
import { createRequire } from 'node:module';
import path from 'node:path';
import { setting } from '../../integration/support/setting.mjs';

/** The program's folder. */
export const program = path.join(setting('CLIENT_FOLDER'), 'program');

const require = createRequire(path.join(program, 'program.js'));

export const { Client, CreateOutcomeUnknown, GatewayError, tls } =
    require('@wriftai/gateway');
export const { status } = require('@grpc/grpc-js');

/** A module of the package that it does not export. */
export const internal = (name) => require(
    path.join(program, `node_modules/@wriftai/gateway/dist/${name}.js`));
