import { afterEach, beforeEach, expect, it } from 'vitest'

import { openApi, type Harness } from './harness.ts'
import { openTrips, type Trips } from './trips.ts'
