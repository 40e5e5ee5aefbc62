/**
 * The installations that the tests render and compare: `overlay` and
 * `components` of deploy/k8s, and the same as files of values for the chart.
 */
export const INSTALLATIONS = {
  'development': {
    overlay: 'development', components: [],
    values: ['values-development.yaml'], namespace: 'wriftai-development',
  },
  'development with a GRPCRoute': {
    overlay: 'development', components: ['grpcroute'],
    values: ['values-development.yaml', 'ci/grpcroute.yaml'],
    namespace: 'wriftai-development',
  },
  'production': {
    overlay: 'production', components: [],
    values: ['values-production.yaml'], namespace: 'wriftai',
  },
  'production with KEDA and cert-manager': {
    overlay: 'production', components: ['keda', 'certificate'],
    values: ['values-production.yaml', 'ci/keda.yaml', 'ci/certificate.yaml'],
    namespace: 'wriftai',
  },
  'production with etcd': {
    overlay: 'production', components: ['etcd'],
    values: ['values-production.yaml', 'ci/etcd.yaml'], namespace: 'wriftai',
  },
  'production with replicas that act as one': {
    overlay: 'replicas', components: [],
    values: ['values-production.yaml', 'values-replicas.yaml'],
    namespace: 'wriftai',
  },
};
