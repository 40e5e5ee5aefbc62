// The packages of tests/package.json, which every test needs.
async function load(name) {
  try {
    return await import(name);
  } catch (error) {
    if (error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new Error(`${name} is missing: run npm ci --prefix tests`);
  }
}

export const grpc = await load('@grpc/grpc-js');
export const protoLoader = await load('@grpc/proto-loader');
