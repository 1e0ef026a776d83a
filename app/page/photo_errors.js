// photo_errors.js: why a photo gets no answer, in the language of the page.

import {megabytes, text} from './language.js';

// `photo`: the File, Blob or bitmap; `error`: of worker.js.
export function photoErrorText(photo, error) {
  if (!error.code) return error.message;
  const values = {name: photo.name || text('photo.unnamed'), ...error.values};
  if (error.code === 'photo.bytes') {
    values.size = megabytes(values.bytes);
    values.most = megabytes(values.most);
  }
  return text(error.code, values);
}
