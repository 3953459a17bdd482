/**
 * `find`, asked once for each owner and key: what it found is kept for as long as the owner is in use. `more` is handed
 * on to it, and may be nothing that the answer for a key depends on beside the owner. Answers are never undefined.
 */
export function kept<Owner extends object, Key, Answer, More = void>(
  find: (owner: Owner, key: Key, more: More) => Answer,
): (owner: Owner, key: Key, more: More) => Answer {
  const answers = new WeakMap<Owner, Map<Key, Answer>>();
  return (owner, key, more) => {
    let own = answers.get(owner);
    if (own === undefined) {
      own = new Map();
      answers.set(owner, own);
    }
    let answer = own.get(key);
    if (answer === undefined) {
      answer = find(owner, key, more);
      own.set(key, answer);
    }
    return answer;
  };
}
