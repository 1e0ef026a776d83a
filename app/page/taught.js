// taught.js: the labels that the user has taught, kept on the device.

import {notify} from './elements.js';
import {reason, text} from './language.js';
import * as store from './store.js';

let labels = [];
let known = null;  // how many labels the engine knows, taught or not
const listeners = [];

// [{label, photos, taught}]; `taught`: how many of its photos were taught here.
export function taughtLabels() {
  return labels;
}

// How many labels are known with those; null if nothing was taught in this visit.
export function knownLabels() {
  return known;
}

export function whenTaught(listener) {
  listeners.push(listener);
  listener();
}

// Takes what worker.js answers to teach, unteach and importTaught.
export function setTaught(result) {
  known = result.labels.length;
  labels = result.labels.filter(({taught}) => taught > 0);
  for (const listener of listeners) listener();
}

// The same, and stores it, so that it survives this visit.
export async function keepTaught(result) {
  setTaught(result);
  if (labels.length) await store.put('taught', 'features', result.bytes);
  else await store.remove('taught', 'features');
}

// The stored file stays: an older version of the app, or a later one, may read it.
export function taughtIsLost(error) {
  notify(text('teach.lost', {reason: reason(error)}));
}
