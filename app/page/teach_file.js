// teach_file.js: what was taught as a small file, to another device and back.

import {byId, make, notify} from './elements.js';
import {ask} from './engine_worker.js';
import {reason, text} from './language.js';
import {ready} from './loading.js';
import {listenToFiles} from './photo_input.js';
import * as store from './store.js';
import {keepTaught, taughtLabels} from './taught.js';

const FILE_NAME = 'verger-taught.bin';
const MOST_BYTES = 64 * 2 ** 20;

async function save() {
  const bytes = await store.get('taught', 'features');
  const address = URL.createObjectURL(new Blob([bytes], {type: 'application/octet-stream'}));
  make('a', {href: address, download: FILE_NAME}).click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

async function open([file]) {
  try {
    if (file.size > MOST_BYTES) throw new Error(`${file.name}: ${file.size} bytes`);
    await ready;
    await keepTaught(await ask('importTaught', {bytes: new Uint8Array(await file.arrayBuffer())}));
    notify(text('teach.imported', {labels: taughtLabels().length}), {kind: 'done'});
  } catch (error) {
    notify(text('teach.import_failed', {reason: reason(error)}));
  }
}

byId('teach-export').addEventListener('click', save);
listenToFiles('teach-import', open);
