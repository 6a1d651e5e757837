import type { RunningServices } from '../services/with-services.js';
import type { PlannedElement } from './planned-element.js';

/** The lines of hosts(5) that a sandbox has without services. */
const HOSTS = ['127.0.0.1 localhost', '127.0.1.1 wheelhouse', '::1 localhost'];

/** The element that stands for running services. */
export function servicesElement({ id, directory, endpoints }: RunningServices): PlannedElement {
  const names = new Map(endpoints.map(({ service, address }) => [service, address]));
  return {
    name: `services/${id}.bst`,
    template: 'services',
    overlay: {
      sources: [{ kind: 'hosts', hosts: [...HOSTS, ...[...names].map(([name, address]) => `${address} ${name}`)] }],
      config: { run: id, sockets: directory },
    },
  };
}

/**
 * The variables by which tests find services: for each one `<NAME>_HOST`, `<NAME>_PORT` for its first port, and
 * `<NAME>_PORT_<NUMBER>` for every one.
 */
export function servicesEnvironment({ endpoints }: RunningServices): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const { service, port } of endpoints) {
    const name = service.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_');
    variables[`${name}_HOST`] = service;
    variables[`${name}_PORT`] ??= String(port);
    variables[`${name}_PORT_${port}`] = String(port);
  }
  return variables;
}

/** The command that lets tests reach services, to be run before them. */
export function servicesCommand({ directory, endpoints }: RunningServices): string {
  const words = endpoints.map(({ address, port, socket }) => `${address}:${port}=${directory}/${socket}`);
  return `%{python} -s -B %{runners}/forward.py ${words.join(' ')}`;
}
