// loading.js: what the app is (app.json) and its engine, with a bar while it is loading.

import {request} from './download.js';
import {byId, make} from './elements.js';
import {ask} from './engine_worker.js';
import {megabytes, reason, text, whenLanguage} from './language.js';
import * as store from './store.js';
import {setTaught, taughtIsLost} from './taught.js';

let state = {text: 'load.start'};  // null when all is loaded

// app.json: {version, name, network, input_size, files, labels, samples}.
export const description = read();
// Resolves when photos can be answered.
export const ready = load();

async function read() {
  return (await request('app.json', 'no-cache')).json();
}

async function load() {
  try {
    const [app, features] = await Promise.all([description, store.get('taught', 'features').catch(() => undefined)]);
    await ask('load', {description: app}, ({part, all}) => show({text: 'load.download', part, all}));
    if (features) await restore(features);
    show(null);
    document.documentElement.dataset.engine = 'ready';
  } catch (error) {
    show({text: 'load.failed', error});
    throw error;
  }
}

async function restore(bytes) {
  try {
    setTaught(await ask('importTaught', {bytes}));
  } catch (error) {
    taughtIsLost(error);
  }
}

function show(next) {
  state = next;
  render();
}

function render() {
  const box = byId('loading');
  box.hidden = state === null;
  if (state === null) return;
  const failed = state.text === 'load.failed';
  const bar = byId('loading-bar');
  bar.hidden = failed;
  if (state.all) [bar.max, bar.value] = [state.all, state.part];
  byId('loading-text').textContent = text(state.text,
    {reason: state.error && reason(state.error), part: megabytes(state.part ?? 0), all: megabytes(state.all ?? 0)});
  byId('loading-again').replaceChildren(
    ...(failed ? [make('button', {type: 'button', onclick: () => location.reload()}, text('load.again'))] : []));
}

ready.catch(() => {});  // shown by render
whenLanguage(render);
