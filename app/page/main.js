// main.js: the pages of the app, its language, and photos that are dropped or pasted.

import './about.js';
import './known.js';
import './offline.js';
import './teach_file.js';
import {byId, make, notify} from './elements.js';
import {answerPhotos} from './identify.js';
import {applyTexts, chooseLanguage, otherLanguages, text, whenLanguage} from './language.js';
import {listenToWindow} from './photo_input.js';
import {addPhotos} from './teach.js';

const PAGES = ['identify', 'history', 'teach', 'about'];

function currentPage() {
  const page = location.hash.slice(1);
  return PAGES.includes(page) ? page : PAGES[0];
}

function showPage() {
  const current = currentPage();
  for (const page of PAGES) byId(`view-${page}`).hidden = page !== current;
  for (const link of document.querySelectorAll('.tabs a')) {
    if (link.hash === `#${current}`) link.setAttribute('aria-current', 'page');
    else link.removeAttribute('aria-current');
  }
  setTitle();
}

function setTitle() {
  document.title = `${text(`${currentPage()}.title`)} – ${document.querySelector('.app-name').textContent}`;
}

function showLanguages() {
  notify.closeText = text('close');
  byId('languages').replaceChildren(...otherLanguages().map(({code, name, offer}) =>
    make('button', {type: 'button', class: 'quiet', lang: code, title: offer, onclick: () => {
      chooseLanguage(code);
      byId('languages').firstChild.focus();
    }}, name)));
}

applyTexts();
showPage();
whenLanguage(showLanguages);
whenLanguage(setTitle);
addEventListener('hashchange', () => {
  showPage();
  scrollTo(0, 0);
  byId(`${currentPage()}-title`).focus({preventScroll: true});
});
listenToWindow((photos) => (currentPage() === 'teach' ? addPhotos(photos) : answerPhotos(photos)));
