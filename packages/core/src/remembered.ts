/** The function, its answer remembered for as long as the object that it was asked about is in use. For functions whose answer is told by that object alone. */
export function remembered<K extends object, V>(answer: (key: K) => V): (key: K) => V {
  const known = new WeakMap<K, { readonly value: V }>()
  return (key) => {
    let found = known.get(key)
    if (!found) {
      found = { value: answer(key) }
      known.set(key, found)
    }
    return found.value
  }
}
