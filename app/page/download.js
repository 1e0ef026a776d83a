// download.js: files of the app, checked, with progress by the sizes that app.json states.

function hex(buffer) {
  return Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

// A browser offers no SHA-256 to addresses without https; there nothing is checked.
async function isRight(bytes, sha256) {
  if (!globalThis.crypto?.subtle) return true;
  return hex(await crypto.subtle.digest('SHA-256', bytes)) === sha256;
}

// A file that did not come, or is another one: `code` is a key of text/en.js, `values` what it names.
export class DownloadError extends Error {
  constructor(code, values) {
    super(code);
    this.code = code;
    this.values = values;
  }
}

// The response to a request for a file of the app.
//
// Errors: DownloadError without a network, and if the server answers otherwise.
export async function request(path, cache) {
  let response;
  try {
    response = await fetch(path, {cache});
  } catch {
    throw new DownloadError('load.network', {path});
  }
  if (!response.ok) throw new DownloadError('load.status', {path, status: response.status});
  return response;
}

async function read(file, cache, onBytes) {
  const response = await request(file.path, cache);
  const bytes = new Uint8Array(file.bytes);
  let length = 0;
  for (const reader = response.body.getReader(); ;) {
    const {done, value} = await reader.read().catch(() => {
      throw new DownloadError('load.network', {path: file.path});
    });
    if (done) break;
    if (length + value.length > bytes.length) return null;
    bytes.set(value, length);
    length += value.length;
    onBytes(value.length);
  }
  return length === bytes.length && await isRight(bytes, file.sha256) ? bytes : null;
}

// The bytes of a file {path, bytes, sha256} of app.json. `onBytes`: called with each number of bytes
// that arrives.
//
// Errors: DownloadError when it cannot be read, or is of another version than app.json.
export async function download(file, onBytes = () => {}) {
  let counted = 0;
  const count = (bytes) => {
    counted += bytes;
    onBytes(bytes);
  };
  for (const cache of ['default', 'reload']) {
    const bytes = await read(file, cache, count);
    if (bytes) return bytes;
    onBytes(-counted);
    counted = 0;
  }
  throw new DownloadError('load.version', {path: file.path});
}
