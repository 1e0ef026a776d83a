// language.js: the texts of the page in the language of its reader.

import english from './text/en.js';
import french from './text/fr.js';

const TEXTS = {en: english, fr: french};
const KEY = `verger language ${new URL('.', location.href).pathname}`;
const listeners = [];
let language = firstChoice();

function firstChoice() {
  const wishes = [remembered(), ...(navigator.languages ?? [navigator.language])];
  for (const wish of wishes) {
    const code = String(wish ?? '').slice(0, 2).toLowerCase();
    if (TEXTS[code]) return code;
  }
  return 'en';
}

function remembered() {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;  // a browser may refuse to store anything
  }
}

export function currentLanguage() {
  return language;
}

// Other languages than the current one, each as {code, name}.
export function otherLanguages() {
  return Object.keys(TEXTS).filter((code) => code !== language)
    .map((code) => ({code, name: TEXTS[code].languageName, offer: TEXTS[code].languageOffer}));
}

// The text of a key; a text with values is a function of them.
export function text(key, values) {
  const entry = TEXTS[language][key] ?? english[key];
  if (entry === undefined) throw new Error(`text/${language}.js has no '${key}': add it`);
  return typeof entry === 'function' ? entry(values) : entry;
}

// Why something failed; an error of this app has a code, the key of a text.
export function reason(error) {
  return typeof error.code === 'string' ? text(error.code, error.values) : error.message;
}

// Of a probability; never 100 %, for nothing is certain.
export function percent(share) {
  const digits = share > 0.99 || share < 0.0995 ? 1 : 0;
  const format = new Intl.NumberFormat(language,
    {style: 'percent', minimumFractionDigits: digits, maximumFractionDigits: digits});
  return share < 0.001 ? text('share.small', {share: format.format(0.001)}) : format.format(Math.min(share, 0.999));
}

export function dateTime(time) {
  return new Intl.DateTimeFormat(language, {dateStyle: 'medium', timeStyle: 'short'}).format(time);
}

export function megabytes(bytes) {
  return `${new Intl.NumberFormat(language, {maximumFractionDigits: 1}).format(bytes / 1e6)} ${text('unit.megabytes')}`;
}

export function list(items) {
  return new Intl.ListFormat(language, {type: 'disjunction'}).format(items);
}

// Calls `listener` now and whenever the language changes.
export function whenLanguage(listener) {
  listeners.push(listener);
  listener();
}

export function chooseLanguage(code) {
  language = code;
  try {
    localStorage.setItem(KEY, code);
  } catch { /* chosen for this visit only */ }
  applyTexts();
  for (const listener of listeners) listener();
}

// Fills all elements with data-text, and labels with data-label.
export function applyTexts(root = document) {
  document.documentElement.lang = language;
  for (const element of root.querySelectorAll('[data-text]')) element.textContent = text(element.dataset.text);
  for (const element of root.querySelectorAll('[data-label]')) element.setAttribute('aria-label', text(element.dataset.label));
}
