import { ElementError } from '@wheelhouse/element';
import { findPython } from '@wheelhouse/python/internal';
import { readIndexSettings } from '@wheelhouse/python/fetch';

/** The environment of the service `cache`, with the locations of distributions. */
export interface IndexEnvironment {
  /** pip's variables, as the compose file passes them on. They may hold credentials, and are in no file. */
  readonly variables: Readonly<Record<string, string>>;
  /** The file of the certificates that pip's own settings name. */
  readonly certificates?: string;
}

/**
 * The settings of this machine's pip and uv as variables, which reach a container as files of configuration do not.
 * Without a Python that has pip there are only the variables that are set already.
 */
export async function indexEnvironment(environment: NodeJS.ProcessEnv): Promise<IndexEnvironment> {
  try {
    const python = await findPython(environment);
    const { indexUrl, extraIndexUrls, trustedHosts, cert } = await readIndexSettings({ python }, environment);
    const set = (name: string, value: string): Record<string, string> => (value === '' ? {} : { [name]: value });
    return {
      variables: {
        ...set('PIP_INDEX_URL', indexUrl ?? ''),
        ...set('PIP_EXTRA_INDEX_URL', extraIndexUrls.join(' ')),
        ...set('PIP_TRUSTED_HOST', trustedHosts.join(' ')),
      },
      ...(cert === undefined ? {} : { certificates: cert }),
    };
  } catch (error) {
    if (!(error instanceof ElementError) || !['INTERPRETER', 'TOOLS'].includes(error.code)) throw error;
    return { variables: {} };
  }
}
