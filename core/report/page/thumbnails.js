// thumbnails.js: small pictures of photos, all cut from one.

const thumbnails = {
  side: data.thumbnails.side,
  columns: data.thumbnails.columns,
  count: data.thumbnails.points.length,
  ofPoint: new Map(data.thumbnails.points.map((point, at) => [point, at])),
  picture: new Image(),
  ready: null,
};
thumbnails.ready = thumbnails.count === 0 ? Promise.resolve(false) : (async () => {
  thumbnails.picture.src = `data:image/webp;base64,${textOf('data-sprite')}`;
  await thumbnails.picture.decode();
  return true;
})();

function drawThumbnail(canvas, at, x, y, side) {
  const {columns, picture} = thumbnails;
  canvas.getContext('2d').drawImage(
    picture, at % columns * thumbnails.side, Math.floor(at / columns) * thumbnails.side,
    thumbnails.side, thumbnails.side, x, y, side, side);
}

// A picture of one photo, `side` pixels wide; an empty frame if there is none of it. `text`: for
// readers who cannot see it; '' where the same stands beside it.
function thumbnail(at, text, side = thumbnails.side) {
  const spoken = text ? {role: 'img', 'aria-label': text} : {'aria-hidden': 'true'};
  const canvas = make('canvas', {class: 'thumbnail', ...spoken,
    width: 2 * side, height: 2 * side});
  canvas.style.width = canvas.style.height = `${side}px`;
  if (at === undefined || at === null || at < 0) canvas.classList.add('missing');
  else thumbnails.ready.then(() => drawThumbnail(canvas, at, 0, 0, 2 * side));
  return canvas;
}

// Several side by side, in one canvas: pages of thousands of small ones are slow.
function strip(all, text) {
  const {side} = thumbnails;
  const gap = 3;
  const width = Math.max(1, all.length * (side + gap) - gap);
  const canvas = make('canvas', {class: 'strip', role: 'img', 'aria-label': text, width, height: side});
  thumbnails.ready.then(() =>
    all.forEach((at, place) => drawThumbnail(canvas, at, place * (side + gap), 0, side)));
  return canvas;
}
