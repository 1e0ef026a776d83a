// lasso.js: which points lie inside a line, and the list of them.

// The visible points inside a polygon of screen pixels, in the order of the photos.
function pointsInside(polygon, view, xs, ys, labels, hidden) {
  const mask = make('canvas', {width: Math.ceil(view.width), height: Math.ceil(view.height)});
  const context = mask.getContext('2d', {willReadFrequently: true});
  context.beginPath();
  for (const [x, y] of polygon) context.lineTo(x, y);
  context.fill();
  const {width, height} = mask;
  const inside = context.getImageData(0, 0, width, height).data;
  const across = view.horizontal();
  const down = view.vertical();
  const all = [];
  for (let point = 0; point < xs.length; ++point) {
    if (hidden[labels[point]]) continue;
    const x = across.factor * xs[point] + across.offset | 0;
    const y = down.factor * ys[point] + down.offset | 0;
    if (x < 0 || y < 0 || x >= width || y >= height) continue;
    if (inside[4 * (y * width + x) + 3] > 127) all.push(point);
  }
  return all;
}

const SHOWN_IN_LIST = 120;

// The list of some points, in the panel below the map.
function listPoints(panel, all, what) {
  const named = all.filter((point) => points.paths.has(point));
  const ofLabel = new Map();
  for (const point of all) {
    const label = points.labels[point];
    ofLabel.set(label, (ofLabel.get(label) ?? 0) + 1);
  }
  const most = [...ofLabel].sort((a, b) => b[1] - a[1]).slice(0, 12);
  const title = `${counted(all.length, 'photo', 'photos')} ${what}`;
  const copy = make('button', {type: 'button', onclick: async () => {
    await copyText(named.map((point) => points.paths.of(point)).join('\n'));
    announce(`${counted(named.length, 'path', 'paths')} copied`);
    copy.textContent = 'Copied';
    setTimeout(() => { copy.textContent = 'Copy paths'; }, 1500);
  }}, 'Copy paths');
  const close = make('button', {type: 'button', onclick: () => {
    panel.hidden = true;
    panel.dispatchEvent(new Event('close'));
  }}, 'Close');
  const show = data.hashed ? [] : named.slice(0, SHOWN_IN_LIST);
  panel.replaceChildren(
    make('div', {class: 'panel-head'}, make('h3', {tabindex: '-1'}, title),
      make('div', {class: 'controls'}, data.hashed || named.length === 0 ? null : copy, close)),
    make('ul', {class: 'chips'}, ...most.map(([label, number]) =>
      make('li', {}, swatch(label), name(data.labels[label].name), ` ${count(number)}`)),
    ofLabel.size > most.length ? make('li', {}, `${ofLabel.size - most.length} more labels`) : null),
    make('ul', {class: 'photos', tabindex: '0', 'aria-label': title}, ...show.map((point) => make('li', {},
      thumbnail(thumbnails.ofPoint.get(point), ''), name(points.paths.of(point), {class: 'path'})))),
    named.length > show.length && !data.hashed
      ? make('p', {class: 'muted'}, `and ${count(named.length - show.length)} more: copy their paths`) : '',
    named.length < all.length
      ? make('p', {class: 'muted'}, `The page contains the path of every ${count(data.map.path_stride)}th photo.`) : '');
  panel.hidden = false;
  panel.querySelector('h3').focus({preventScroll: true});
  announce(title);
}

function swatch(label) {
  const element = make('span', {class: 'swatch', 'aria-hidden': 'true'});
  element.style.background = cssColour(colourOfLabel(label));
  return element;
}
