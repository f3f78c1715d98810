import { describeReplay } from '../support/replay-topics.ts'

describeReplay(17)
