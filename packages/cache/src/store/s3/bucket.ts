import type { Readable } from 'node:stream';
import type * as Sdk from '@aws-sdk/client-s3';

/** Where a bucket is. Credentials are looked for as every program of AWS does: environment, profile, role. */
export interface BucketOptions {
  readonly bucket: string;
  /** What all keys begin with: empty, or ending in `/`. */
  readonly prefix: string;
  /** The address of another service than AWS's, such as `http://127.0.0.1:9000`. */
  readonly endpoint?: string;
  /** Unless given, what the environment says. */
  readonly region?: string;
  /** Whether the bucket's name stands in the path and not in the host's name, as most services but AWS's want it. */
  readonly pathStyle: boolean;
  /** Milliseconds without an answer, or without a byte, after which a request is given up and tried again. */
  readonly timeoutMs: number;
}

/** What is known of an object. */
export interface ObjectFacts {
  readonly sizeBytes: number;
  /** By the service's clock, in milliseconds since 1970, to the second. */
  readonly modifiedMs: number;
  readonly etag: string;
}

/** An object as a listing has it. */
export interface ListedObject extends ObjectFacts {
  readonly key: string;
}

/** What must hold for an object to be written: that there is none, or that it is still the one with that ETag. */
export type WriteCondition = { readonly absent: true } | { readonly etag: string };

const ATTEMPTS = 3;
const CONNECT_MS = 5000;
const SOCKETS = 64;
/** Bytes a second below which an upload is given up. */
const LEAST_RATE = 100_000;

/**
 * A bucket of S3, or of a service that speaks as S3 does. Requests that fail are tried three times. Keys are given
 * without the prefix.
 */
export class Bucket {
  private conditions = true;

  private constructor(
    readonly options: BucketOptions,
    readonly client: Sdk.S3Client,
    private readonly sdk: typeof Sdk,
  ) {}

  /** Loads what speaks to S3, which takes a tenth of a second, and asks nothing yet. */
  static async open(options: BucketOptions): Promise<Bucket> {
    const sdk = await import('@aws-sdk/client-s3');
    const agent = { keepAlive: true, maxSockets: SOCKETS };
    const client = new sdk.S3Client({
      ...(options.endpoint === undefined ? {} : { endpoint: options.endpoint }),
      ...(options.region === undefined ? {} : { region: options.region }),
      forcePathStyle: options.pathStyle,
      maxAttempts: ATTEMPTS,
      // Bodies carry their SHA-256 anyhow; further sums by default are what services other than AWS's stumble over.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
      requestHandler: {
        connectionTimeout: Math.min(CONNECT_MS, options.timeoutMs),
        requestTimeout: options.timeoutMs,
        throwOnRequestTimeout: true,
        socketTimeout: options.timeoutMs,
        httpAgent: agent,
        httpsAgent: agent,
      },
    });
    return new Bucket(options, client, sdk);
  }

  /** Whether the service was seen to keep conditions on writes; assumed until it says otherwise. */
  get keepsConditions(): boolean {
    return this.conditions;
  }

  /** What errors and reports call an object. */
  addressOf(key: string): string {
    return `s3://${this.options.bucket}/${this.options.prefix}${key}`;
  }

  /** @throws if the bucket does not exist or may not be used */
  async check(): Promise<void> {
    await this.client.send(new this.sdk.HeadBucketCommand({ Bucket: this.options.bucket }));
  }

  async head(key: string): Promise<ObjectFacts | undefined> {
    const found = await orAbsent(this.client.send(new this.sdk.HeadObjectCommand(this.at(key))));
    return found === undefined ? undefined : factsOf(found);
  }

  /**
   * @param from where to begin, and of which version of the object
   * @returns `undefined` if there is none, or none of that version
   */
  async read(
    key: string,
    from?: { readonly offset: number; readonly etag: string },
  ): Promise<(ObjectFacts & { readonly body: Readable }) | undefined> {
    const range = from === undefined ? {} : { Range: `bytes=${from.offset}-`, IfMatch: from.etag };
    const found = await orAbsent(this.client.send(new this.sdk.GetObjectCommand({ ...this.at(key), ...range })));
    return found === undefined ? undefined : { ...factsOf(found), body: found.Body as Readable };
  }

  /**
   * Writes a small object where the condition holds. A service without support for conditions overwrites an existing
   * object.
   *
   * @returns whether it was written; if not, another writer was faster
   */
  async putText(key: string, text: string, condition: WriteCondition): Promise<boolean> {
    const input = { ...this.at(key), Body: text, ContentType: 'application/json' };
    const header = 'absent' in condition ? { IfNoneMatch: '*' } : { IfMatch: condition.etag };
    if (this.conditions) {
      try {
        await this.client.send(new this.sdk.PutObjectCommand({ ...input, ...header }));
        return true;
      } catch (error) {
        if (isRefusal(error)) return false;
        if (statusOf(error) !== 501) throw error;
        this.conditions = false;
      }
    }
    await this.client.send(new this.sdk.PutObjectCommand(input));
    return true;
  }

  /** Writes an object of which the service checks the SHA-256, in hexadecimal. */
  async putBytes(key: string, bytes: Uint8Array, sha256: string): Promise<void> {
    const input = { ...this.at(key), Body: bytes, ContentLength: bytes.byteLength, ChecksumSHA256: base64(sha256) };
    await this.client.send(new this.sdk.PutObjectCommand(input), this.timeFor(bytes));
  }

  /**
   * Writes an object in parts, each of which the service checks; there is nothing under the key until all are there.
   *
   * @param upload given what sends a part, from 1 on, with its SHA-256 in hexadecimal
   */
  async putParts(
    key: string,
    upload: (sendPart: (number: number, bytes: Uint8Array, sha256: string) => Promise<void>) => Promise<void>,
  ): Promise<void> {
    const begun = await this.client.send(
      new this.sdk.CreateMultipartUploadCommand({ ...this.at(key), ChecksumAlgorithm: 'SHA256' }),
    );
    const input = { ...this.at(key), UploadId: begun.UploadId };
    const parts: { PartNumber: number; ETag: string | undefined; ChecksumSHA256: string }[] = [];
    try {
      await upload(async (number, bytes, sha256) => {
        const part = { PartNumber: number, ChecksumSHA256: base64(sha256) };
        const sent = await this.client.send(
          new this.sdk.UploadPartCommand({ ...input, ...part, Body: bytes, ContentLength: bytes.byteLength }),
          this.timeFor(bytes),
        );
        parts.push({ ...part, ETag: sent.ETag });
      });
      const inOrder = parts.sort((a, b) => a.PartNumber - b.PartNumber);
      await this.client.send(
        new this.sdk.CompleteMultipartUploadCommand({ ...input, MultipartUpload: { Parts: inOrder } }),
      );
    } catch (error) {
      // An upload that is not aborted is not listed, but paid for, until a collection or the bucket's lifecycle ends
      // it.
      await this.client.send(new this.sdk.AbortMultipartUploadCommand(input)).catch(() => undefined);
      throw error;
    }
  }

  /** The objects whose keys begin with `under`. */
  async *list(under: string): AsyncGenerator<ListedObject> {
    const { bucket, prefix } = this.options;
    const pages = this.sdk.paginateListObjectsV2({ client: this.client }, { Bucket: bucket, Prefix: prefix + under });
    for await (const { Contents = [] } of pages) {
      for (const { Key = '', Size, LastModified, ETag } of Contents) {
        yield { key: Key.slice(prefix.length), ...factsOf({ ContentLength: Size, LastModified, ETag }) };
      }
    }
  }

  /** Removes objects; those that are gone already are skipped. */
  async remove(keys: readonly string[]): Promise<void> {
    for (let start = 0; start < keys.length; start += 1000) {
      const Objects = keys.slice(start, start + 1000).map((key) => ({ Key: this.options.prefix + key }));
      const answer = await this.client.send(
        new this.sdk.DeleteObjectsCommand({ Bucket: this.options.bucket, Delete: { Objects, Quiet: true } }),
      );
      const [failure] = (answer.Errors ?? []).filter(({ Code }) => Code !== 'NoSuchKey');
      if (failure !== undefined) throw new Error(`cannot remove ${failure.Key ?? ''}: ${failure.Code ?? ''}`);
    }
  }

  /** Aborts uploads in parts that were begun before `beforeMs` and never ended: their writers were killed. */
  async abortUploads(under: string, beforeMs: number): Promise<void> {
    const { bucket, prefix } = this.options;
    const input = { Bucket: bucket, Prefix: prefix + under };
    const { Uploads = [] } = await this.client.send(new this.sdk.ListMultipartUploadsCommand(input));
    for (const { Key, UploadId, Initiated } of Uploads) {
      if ((Initiated?.getTime() ?? beforeMs) >= beforeMs) continue;
      const abort = new this.sdk.AbortMultipartUploadCommand({ Bucket: bucket, Key, UploadId });
      await orAbsent(this.client.send(abort));
    }
  }

  close(): void {
    this.client.destroy();
  }

  private at(key: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.options.bucket, Key: this.options.prefix + key };
  }

  private timeFor(bytes: Uint8Array): { readonly requestTimeout: number } {
    return { requestTimeout: this.options.timeoutMs + Math.ceil((bytes.byteLength / LEAST_RATE) * 1000) };
  }
}

/** The HTTP status of an answer that the SDK threw. @returns `undefined` if it was none */
export function statusOf(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('$metadata' in error)) return undefined;
  return (error.$metadata as { readonly httpStatusCode?: number }).httpStatusCode;
}

/** 412 if the condition does not hold, 409 if there is a concurrent write, 404 if nothing is left. */
function isRefusal(error: unknown): boolean {
  const status = statusOf(error);
  return status === 412 || status === 409 || (status === 404 && nameOf(error) === 'NoSuchKey');
}

function nameOf(error: unknown): string {
  return typeof error === 'object' && error !== null && 'name' in error ? String(error.name) : '';
}

/** Nothing where an object is absent, or is another one. A bucket that is absent is a fault. */
async function orAbsent<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (['NoSuchKey', 'NotFound', 'PreconditionFailed', 'NoSuchUpload'].includes(nameOf(error))) return undefined;
    throw error;
  }
}

function factsOf(found: {
  readonly ContentLength?: number | undefined;
  readonly LastModified?: Date | undefined;
  readonly ETag?: string | undefined;
}): ObjectFacts {
  return {
    sizeBytes: found.ContentLength ?? 0,
    modifiedMs: found.LastModified?.getTime() ?? 0,
    etag: found.ETag ?? '',
  };
}

function base64(hex: string): string {
  return Buffer.from(hex, 'hex').toString('base64');
}
