// ends.js: what the first components tell apart.

function showEnds() {
  if (!data.ends || data.ends.length === 0 || data.ends[0].least.length === 0) return;
  const body = openSection('ends');
  body.append(make('p', {class: 'muted'}, 'The photos at the two ends of each component show what it distinguishes.'));
  data.ends.forEach((ends, at) => body.append(make('article', {class: 'component'},
    make('h3', {}, `Component ${at + 1} `, make('span', {class: 'muted'}, percent(data.variance[at]))),
    make('div', {class: 'end-pair'},
      endList('Least', ends.least), endList('Greatest', ends.greatest)))));
}

function endList(title, photos) {
  return make('div', {}, make('h4', {}, title),
    make('ol', {class: 'ends'}, ...photos.map((photo) => make('li', {title: data.hashed ? photo.label : photo.path},
      thumbnails.count ? thumbnail(photo.thumbnail, data.hashed ? '' : photo.path, 56) : '',
      name(photo.label), make('span', {class: 'muted'}, decimal(photo.score))))));
}
