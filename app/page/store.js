// store.js: what the page keeps on the device, in IndexedDB. Several apps at one address, each in a
// folder of its own, keep theirs apart.
//
// answers:  {id, time, thumbnail: Blob, answer}, the newest MOST_ANSWERS; no photo, no name of a file.
// taught:   'features' → the file that the engine exports.
// pictures: label → [Blob], thumbnails of the photos that taught it.

const NAME = `verger ${new URL('.', location.href).pathname}`;
const MOST_ANSWERS = 500;
let opened;

function open() {
  opened ??= new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      const database = request.result;
      database.createObjectStore('answers', {keyPath: 'id', autoIncrement: true});
      database.createObjectStore('taught');
      database.createObjectStore('pictures');
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  return opened;
}

// Runs `use` on an object store; resolves to the result of the request that it returns.
async function transaction(store, mode, use) {
  const database = await open();
  return new Promise((resolve, reject) => {
    const all = database.transaction(store, mode);
    const request = use(all.objectStore(store));
    all.oncomplete = () => resolve(request?.result);
    all.onerror = all.onabort = () => reject(all.error);
  });
}

export function get(store, key) {
  return transaction(store, 'readonly', (open) => open.get(key));
}

export function put(store, key, value) {
  return transaction(store, 'readwrite', (open) => open.put(value, key));
}

export function remove(store, key) {
  return transaction(store, 'readwrite', (open) => open.delete(key));
}

export function clear(store) {
  return transaction(store, 'readwrite', (open) => open.clear());
}

// Adds an answer, and drops the oldest above MOST_ANSWERS.
export async function addAnswer(answer) {
  const id = await transaction('answers', 'readwrite', (open) => open.add(answer));
  if (id > MOST_ANSWERS) await remove('answers', IDBKeyRange.upperBound(id - MOST_ANSWERS));
}

// All answers, the newest first.
export async function allAnswers() {
  return (await transaction('answers', 'readonly', (open) => open.getAll())).reverse();
}
