// elements.js: elements of the page. Whatever a name holds, it becomes text, never markup.

// An element with attributes; `on…` are listeners; undefined, null and false leave one out.
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.filter((child) => child !== undefined && child !== null && child !== false));
  return element;
}

export function byId(id) {
  return document.getElementById(id);
}

// A symbol of index.html, which stands beside a text and is not read aloud.
export function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('aria-hidden', 'true');
  svg.setAttribute('class', 'icon');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `#icon-${name}`);
  svg.append(use);
  return svg;
}

// A name that a user chose: isolated, so that right-to-left letters stay inside it.
export function name(text) {
  return make('bdi', {}, text);
}

// Draws a bitmap or canvas in a canvas of `side` CSS pixels, its middle square.
export function drawSquare(canvas, picture, side) {
  const pixels = Math.round(side * Math.min(3, devicePixelRatio || 1));
  canvas.width = canvas.height = pixels;
  const least = Math.min(picture.width, picture.height);
  canvas.getContext('2d').drawImage(picture, (picture.width - least) / 2, (picture.height - least) / 2,
    least, least, 0, 0, pixels, pixels);
}

// A small square picture of a Blob, drawn when it is decoded. No address of the Blob is made, so the
// policy of the page stays 'self'.
export function thumbnail(blob, side) {
  const canvas = make('canvas', {class: 'thumbnail', 'aria-hidden': 'true', width: 1, height: 1});
  canvas.style.width = canvas.style.height = `${side}px`;
  if (blob) {
    createImageBitmap(blob).then((bitmap) => {
      drawSquare(canvas, bitmap, side);
      bitmap.close();
    }, () => canvas.classList.add('missing'));
  }
  return canvas;
}

// To screen readers.
export function announce(text) {
  byId('status').textContent = text;
}

// A message at the foot of the window, for some seconds; an action makes it stay.
// `kind`: 'problem' or 'done'.
export function notify(text, {kind = 'problem', action = null} = {}) {
  const box = byId('notice');
  clearTimeout(notify.timer);
  const close = () => box.replaceChildren();
  box.replaceChildren(make('div', {class: `notice ${kind}`}, make('p', {}, text),
    action && make('button', {type: 'button', class: 'primary', onclick: action.run}, action.text),
    make('button', {type: 'button', class: 'quiet', 'aria-label': notify.closeText ?? 'Close', onclick: close}, icon('close'))));
  if (!action) notify.timer = setTimeout(close, 9000);
}
