// photo_input.js: photos from files, by dropping and by pasting.

import {byId} from './elements.js';

function photosIn(files) {
  return [...files].filter((file) => file.type.startsWith('image/') || file.type === '');
}

// Calls `onPhotos` with what the user chooses in the file input of this id.
export function listenToFiles(id, onPhotos) {
  const input = byId(id);
  input.addEventListener('change', () => {
    const photos = [...input.files];
    input.value = '';  // the same file may be chosen again
    if (photos.length) onPhotos(photos);
  });
}

// Calls `onPhotos` with photos that are dropped on the window or pasted.
export function listenToWindow(onPhotos) {
  let depth = 0;  // of elements that the pointer is in
  const mark = (change) => {
    depth = change === 0 ? 0 : Math.max(0, depth + change);
    document.body.classList.toggle('dropping', depth > 0);
  };
  const hasFiles = (event) => event.dataTransfer?.types.includes('Files');
  addEventListener('dragenter', (event) => hasFiles(event) && mark(1));
  addEventListener('dragleave', (event) => hasFiles(event) && mark(-1));
  addEventListener('dragover', (event) => hasFiles(event) && event.preventDefault());
  addEventListener('drop', (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    mark(0);
    take(event.dataTransfer.files);
  });
  addEventListener('paste', (event) => take(event.clipboardData?.files ?? []));

  function take(files) {
    const photos = photosIn(files);
    if (photos.length) onPhotos(photos);
  }
}
