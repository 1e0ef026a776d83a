// sw.js: keeps one version of the app on the device, complete and checked, and serves it from there.
//
// The page registers it as sw.js?version=V&without=FILE: V of app.json, and a file that this browser does
// not need. So a new version is a new service worker: it
// stores all files of V beside those of the version in use, or nothing, and takes over when no page of
// the old version is open, or when the user asks for it, upon which all pages reload. A page never gets
// files of two versions.

const scope = new URL(self.registration.scope).pathname;
const {version, without} = Object.fromEntries(new URL(self.location.href).searchParams);
const family = `verger ${scope} `;
const NOT_STORED = ['sw.js', 'app.json', without];

async function sha256(bytes) {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

// A response of our own bytes: what was compressed on the way no longer is.
function stored(bytes, response) {
  const headers = new Headers(response.headers);
  for (const name of ['content-encoding', 'content-length', 'transfer-encoding', 'vary']) headers.delete(name);
  return new Response(bytes, {headers});
}

// What the page has just downloaded comes from the browser's cache; what is outdated there, from the server.
async function store(cache, file) {
  for (const mode of ['force-cache', 'reload']) {
    const response = await fetch(file.path, {cache: mode});
    if (!response.ok) continue;
    const bytes = await response.arrayBuffer();
    if (await sha256(bytes) === file.sha256) return cache.put(new URL(file.path, self.registration.scope), stored(bytes, response));
  }
  throw new Error(`${file.path} is not the file that app.json names`);
}

async function install() {
  const response = await fetch('app.json', {cache: 'no-store'});
  const bytes = await response.arrayBuffer();
  const app = JSON.parse(new TextDecoder().decode(bytes));
  if (app.version !== version) throw new Error(`app.json is of version ${app.version}, not of ${version}`);
  const cache = await caches.open(family + version);
  try {
    for (const file of app.files) {
      if (!NOT_STORED.includes(file.path)) await store(cache, file);
    }
    await cache.put(new URL('app.json', self.registration.scope), stored(bytes, response));
  } catch (error) {
    await caches.delete(family + version);
    throw error;
  }
}

async function activate() {
  for (const name of await caches.keys()) {
    if (name.startsWith(family) && name !== family + version) await caches.delete(name);
  }
  await self.clients.claim();
}

async function answer(request) {
  const cache = await caches.open(family + version);
  const url = new URL(request.url);
  const path = url.pathname === scope ? new URL('index.html', self.registration.scope).href : url.href;
  return await cache.match(path, {ignoreSearch: true}) ?? fetch(request);
}

self.addEventListener('install', (event) => event.waitUntil(install()));
self.addEventListener('activate', (event) => event.waitUntil(activate()));
self.addEventListener('message', ({data}) => {
  if (data === 'take over') self.skipWaiting();
});
self.addEventListener('fetch', (event) => {
  const {request} = event;
  const {origin, pathname} = new URL(request.url);
  const isOurs = request.method === 'GET' && origin === self.location.origin && pathname.startsWith(scope);
  // 'no-store' asks for what the server has now: that is how the page looks for a new version.
  if (isOurs && request.cache !== 'no-store') event.respondWith(answer(request));
});
