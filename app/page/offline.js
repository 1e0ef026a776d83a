// offline.js: stores the app on the device, and brings new versions.

import {request} from './download.js';
import {notify} from './elements.js';
import {Engine} from './engine.js';
import {text} from './language.js';
import {description, ready} from './loading.js';

// The build of the engine that this browser does not run.
const OTHER_ENGINE = ['engine.wasm', 'engine-relaxed.wasm'].find((file) => file !== Engine.moduleName());

// 'never', 'waiting' or 'ready'.
let state = 'serviceWorker' in navigator ? 'waiting' : 'never';
const listeners = [];

export function offlineState() {
  return state;
}

export function whenOffline(listener) {
  listeners.push(listener);
  listener();
}

function set(next) {
  state = next;
  document.documentElement.dataset.offline = state;
  for (const listener of listeners) listener();
}

// Registers the service worker of the version that the server has now: another version is another
// address, so the browser takes it for a new one.
async function registerNewest() {
  const {version} = await (await request('app.json', 'no-store')).json();
  const query = new URLSearchParams({version, without: OTHER_ENGINE});
  const registration = await navigator.serviceWorker.register(`sw.js?${query}`, {updateViaCache: 'none'});
  const isUpdate = version !== (await description).version;
  const worker = registration.installing ?? registration.waiting ?? registration.active;
  worker.addEventListener('statechange', () => look(worker, isUpdate));
  look(worker, isUpdate);
}

function look(worker, isUpdate) {
  if (worker.state === 'activated' && isUpdate) location.reload();  // its files are not those of this page
  else if (worker.state === 'activated') set('ready');
  if (worker.state === 'installed' && isUpdate) {
    notify(text('update.ready'), {
      kind: 'done', action: {text: text('update.reload'), run: () => worker.postMessage('take over')}});
  }
}

async function start() {
  if (navigator.serviceWorker.controller) {
    set('ready');
    // Files of another version are served from now on: this page must not ask for them.
    navigator.serviceWorker.addEventListener('controllerchange', () => location.reload());
  }
  await ready;  // the first answer goes first
  await registerNewest();
}

if (state === 'waiting') {
  // Without a network, the version on the device is used.
  start().catch(() => {});
  document.addEventListener('visibilitychange', () => document.hidden || registerNewest().catch(() => {}));
} else {
  set('never');
}
