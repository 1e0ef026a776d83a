// duplicates.js: photos of equal bytes, and pairs whose features hardly differ.

function showDuplicates() {
  const found = data.sections.duplicates;
  if (!found) {
    if (data.map) {
      openSection('duplicates').append(make('p', {class: 'muted'},
        'Too many photos to search for this page: run verger duplicates.'));
    }
    return;
  }
  const body = openSection('duplicates');
  const {equal} = found;
  body.append(make('p', {}, equal.length === 0 ? 'No two photos have equal bytes.'
    : `${counted(found.equal_groups, 'group', 'groups')} of photos with equal bytes; ${count(found.spare)} are redundant.`));
  if (found.equal_across_labels) {
    body.append(make('p', {class: 'warning'},
      `${counted(found.equal_across_labels, 'group is', 'groups are')} in more than one label: one of them is likely wrong.`));
  }
  body.append(groups(equal, () => '', found.equal_groups));
  if (found.near === undefined) return;
  body.append(make('h3', {}, 'Near pairs'), make('p', {},
    `${counted(found.near_pairs, 'pair', 'pairs')} of photos are at most ${found.within} standard `
    + `deviations apart, where two random photos are about 1.4 apart; ${count(found.near_across_labels)} across labels.`));
  const across = found.near.filter((pair) => pair.across_labels);
  const distance = (pair) => `${pair.distance.toFixed(3)} apart`;
  if (across.length) {
    body.append(make('h4', {}, 'Nearest across labels'), groups(across, distance, found.near_across_labels));
  }
  const within = found.near.filter((pair) => !pair.across_labels);
  if (within.length) {
    body.append(make('h4', {}, 'Nearest within a label'),
      groups(within, distance, found.near_pairs - found.near_across_labels));
  }
}

// Of `total` there are. The page holds those that core/report/duplicates.cc has chosen.
function groups(all, note, total) {
  const list = make('ul', {class: 'groups'}, ...all.map((group) =>
    make('li', {class: group.across_labels ? 'across' : undefined},
      make('div', {class: 'pictures'}, ...group.photos.slice(0, 6).map((photo) =>
        thumbnails.count ? thumbnail(photo.thumbnail, '') : '')),
      make('div', {}, make('strong', {}, name([...new Set(group.photos.map((photo) => photo.label))].join(' / '))),
        make('span', {class: 'muted'}, note(group)),
        ...(data.hashed ? [] : group.photos.slice(0, 6).map((photo) => shortPath(photo.path))),
        group.photos.length > 6 ? make('span', {class: 'muted'}, `and ${group.photos.length - 6} more`) : ''))));
  if (all.length === total) return list;
  return make('div', {}, list,
    make('p', {class: 'muted'}, `and ${count(total - all.length)} more: verger duplicates lists them.`));
}
