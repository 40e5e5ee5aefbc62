import { Client } from './client.mjs';
import { Gateway } from './gateway.mjs';
import { Metrics } from './metrics.mjs';
import { until } from './webhooks.mjs';

/** A gateway that is one of several replicas, with a client of its own. */
export class ReplicaProcess {
  /** `etcd`: the endpoint. Resolves once it is ready. */
  static async start({ etcd, token, apiBaseUrl, clientToken, flags = [], env }) {
    const self = await ReplicaProcess.launch(
        { etcd, token, apiBaseUrl, clientToken, flags, env });
    await until(async () => await self.readiness() === 200,
                'the replica is ready');
    return self;
  }

  /** The same, without waiting until it is ready. */
  static async launch(
      { etcd, token, apiBaseUrl, clientToken, flags = [], env }) {
    const gateway = await Gateway.start({
      apiBaseUrl, token, env,
      flags: [`--etcd_endpoints=${etcd}`, '--peer_address=127.0.0.1:0',
              ...flags],
    });
    await gateway.program.awaitOutput(
        'stderr', /(joining the cluster)/);
    return new ReplicaProcess(gateway, clientToken);
  }

  constructor(gateway, clientToken) {
    this.gateway = gateway;
    this.client = new Client(gateway.address, { token: clientToken });
  }

  async readiness() {
    return (await this.gateway.page('/readyz')).status;
  }

  /** Empty if it is ready. */
  async whyNotReady() {
    const { status, body } = await this.gateway.page('/readyz');
    return status === 200 ? '' : body;
  }

  async metrics() {
    return new Metrics((await this.gateway.page('/metrics')).body);
  }

  async report() {
    return JSON.parse((await this.gateway.page('/statusz?format=json')).body);
  }

  async ownsTokens() {
    return (await this.metrics()).value('cluster_owned_tokens');
  }

  /** Ends the process as a crash does. */
  async kill() {
    this.gateway.program.child.kill('SIGKILL');
    await this.gateway.program.ended;
  }

  async stop() {
    this.client.close();
    const { child } = this.gateway.program;
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGCONT');
      await this.gateway.stop();
    }
  }
}
