import assert from 'node:assert/strict';

const PREFIX = 'wriftai_gateway_';

/** A scrape in Prometheus' text format. */
export class Metrics {
  #samples = [];
  #families = [];

  constructor(text) {
    for (const line of text.trimEnd().split('\n')) {
      const type = /^# TYPE (\w+) (\w+)$/.exec(line);
      if (type) this.#families.push({ name: type[1], type: type[2] });
      if (line.startsWith('#')) continue;
      const [, name, labels, value] =
          /^(\w+)(?:{(.*)})? (\S+)$/.exec(line) ?? assert.fail(line);
      this.#samples.push({
        name,
        labels: Object.fromEntries(
            [...(labels ?? '').matchAll(/(\w+)="([^"]*)"/g)]
                .map(([, key, text]) => [key, text])),
        value: Number(value),
      });
    }
  }

  /** The samples of a metric; the gateway's prefix is added to `name`. */
  samples(name) {
    const full = /^(grpc|process)_/.test(name) ? name : PREFIX + name;
    return this.#samples.filter((sample) => sample.name === full);
  }

  /** The value of the only sample with exactly these labels. */
  value(name, labels = {}) {
    const found = this.samples(name).filter((sample) =>
      Object.keys(sample.labels).length === Object.keys(labels).length &&
      Object.entries(labels).every(
          ([key, text]) => sample.labels[key] === text));
    assert.equal(found.length, 1, `${name} ${JSON.stringify(labels)}`);
    return found[0].value;
  }

  /** All metrics in order: {name, type, labels}, with the labels' names. */
  families() {
    return this.#families.map(({ name, type }) => {
      const first = type === 'histogram' ? `${name}_bucket` : name;
      const sample = this.#samples.find((one) => one.name === first);
      assert.ok(sample, `${name} has no sample`);
      return {
        name, type,
        labels: Object.keys(sample.labels).filter((label) => label !== 'le'),
      };
    });
  }
}
