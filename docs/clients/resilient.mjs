import { Client } from '@wriftai/gateway';
import { randomUUID } from 'node:crypto';

const client = new Client(process.argv[2]);
const seen = new Set();
await client.predictions.create({
  model: 'wriftai/slow',
  input: {
    prompt: 'Hello', marker: randomUUID(), sandbox: {pending_s: 0, run_s: 12},
  },
  ifUnknown: 'find_or_create',
  wait: true,
  onPoll: ({status}) => {
    if (!seen.has(status)) console.log(status);
    seen.add(status);
  },
  onRetry: (error) => console.error('again:', error.message),
});
client.close();
