import { createMemoryStore, storeContract } from '../testing/index.ts'

storeContract('memory', async () => {
  const store = createMemoryStore()
  return {
    store,
    another: async () => store.fork(),
    close: () => store.close(),
    addUser: (user) => store.addUser(user),
  }
})
