import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { temporaryDirectory } from '@wheelhouse/python/testing';

/** A member that Python is to write into an archive. */
export interface MadeMember {
  readonly name: string;
  /** Its bytes, as latin-1. */
  readonly text?: string;
  readonly mode?: number;
  /** `[2020, 1, 1, 0, 0, 0]` */
  readonly date?: readonly number[];
  readonly stored?: boolean;
  /** A link, and where to. */
  readonly link?: string;
}

/** An archive that Python is to make. */
export interface MadeArchive {
  readonly name: string;
  readonly members: readonly MadeMember[];
  readonly gzipTime?: number;
}

/** Archives made by Python's own zipfile or tarfile, by the suffixes of their names. @returns absolute paths */
export function makeArchives(archives: readonly MadeArchive[]): string[] {
  const planned = archives.map((archive) => ({ ...archive, path: join(temporaryDirectory(), archive.name) }));
  const made = spawnSync('python3', ['-W', 'ignore', '-c', SCRIPT], {
    input: JSON.stringify(planned),
    encoding: 'utf8',
  });
  expect(made.stderr).toBe('');
  return planned.map(({ path }) => path);
}

const SCRIPT = `
import calendar, gzip, io, json, stat, sys, tarfile, zipfile
def parts(member):
    body = member.get("text", "").encode("latin-1")
    return member["name"], body, member.get("mode", 0o644), tuple(member.get("date", (2011, 11, 11, 11, 11, 10)))
def make_tar(path, members, gzip_time):
    with open(path, "wb") as file, gzip.GzipFile("", "wb", 9, file, gzip_time) as zipped:
        with tarfile.open(fileobj=zipped, mode="w") as tar:
            for member in members:
                name, body, mode, date = parts(member)
                info = tarfile.TarInfo(name)
                info.mode, info.mtime, info.size = mode, calendar.timegm(date), len(body)
                tar.addfile(info, io.BytesIO(body))
def make_zip(path, members):
    with zipfile.ZipFile(path, "w") as archive:
        for member in members:
            name, body, mode, date = parts(member)
            info = zipfile.ZipInfo(name, date)
            info.create_system = 3
            info.external_attr = ((stat.S_IFLNK if "link" in member else stat.S_IFREG) | mode) << 16
            info.compress_type = zipfile.ZIP_STORED if member.get("stored") else zipfile.ZIP_DEFLATED
            archive.writestr(info, member["link"] if "link" in member else body)
for archive in json.load(sys.stdin):
    if archive["name"].endswith(".tar.gz"):
        make_tar(archive["path"], archive["members"], archive.get("gzipTime", 0))
    else:
        make_zip(archive["path"], archive["members"])
`;
