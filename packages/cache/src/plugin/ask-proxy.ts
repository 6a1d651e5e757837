import { request } from 'node:http';
import type { ProxyRecord } from '../proxy/proxy-record.js';
import { parseJsonObject } from '../store/json-object.js';

/** What a proxy is asked. */
export interface Question {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: object;
  readonly timeoutMs: number;
}

/** Asks a proxy. @returns its answer; `undefined` if there is none in time, or no proxy */
export async function askProxy(
  { url, secret }: ProxyRecord,
  question: Question,
): Promise<Record<string, unknown> | undefined> {
  const { method, path, body, timeoutMs } = question;
  return await new Promise((resolve) => {
    const fail = (): void => {
      resolve(undefined);
    };
    const asked = request(
      `${url}${path}`,
      {
        method,
        // A connection that is kept would keep the process, too.
        agent: false,
        headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json' },
        signal: AbortSignal.timeout(timeoutMs),
      },
      (response) => {
        let text = '';
        response.setEncoding('utf8').on('error', fail);
        response.on('data', (piece: string) => (text += piece));
        response.on('end', () => {
          resolve(response.statusCode === 200 ? parseJsonObject(text) : undefined);
        });
      },
    );
    asked.on('error', fail).end(body === undefined ? undefined : JSON.stringify(body));
  });
}
