import { describe, expect, test } from 'vitest'
import { Ranges } from '../../client/ranges.ts'
import { Timeline } from '../../client/timeline.ts'
import { message } from './client-fakes.ts'

const page = (ids: number[], hasMoreBefore: boolean, hasMoreAfter = false) => ({
  messages: ids.map((id) => message(id)),
  hasMoreBefore,
  hasMoreAfter,
})
const ids = (timeline: Timeline) => timeline.latest.map((row) => row.messageId)

describe('ranges', () => {
  test('join when they touch and stay apart when they do not', () => {
    const ranges = new Ranges()
    ranges.add(10, 20)
    ranges.add(30, 40)
    expect(ranges.at(15)).toEqual({ from: 10, to: 20 })
    expect(ranges.at(25)).toBeNull()
    ranges.add(21, 29)
    expect(ranges.at(35)).toEqual({ from: 10, to: 40 })
  })
})

describe('a timeline', () => {
  test('knows nothing before the first page or live message', () => {
    expect(new Timeline().known).toBe(false)
  })

  test('pages backwards join up until the start', () => {
    const timeline = new Timeline()
    timeline.putPage({ kind: 'newest' }, page([8, 9], true))
    expect(timeline.oldestId).toBe(8)
    timeline.putPage({ kind: 'before', messageId: 8 }, page([3, 6], true))
    expect(ids(timeline)).toEqual([3, 6, 8, 9])
    expect(timeline.complete).toBe(false)
    timeline.putPage({ kind: 'before', messageId: 3 }, page([1], false))
    expect(timeline.complete).toBe(true)
  })

  test('lets go of what is far back, and what is quoted stays', () => {
    const timeline = new Timeline()
    timeline.put(message(2))
    timeline.putPage({ kind: 'around', messageId: 5 }, page([4, 5, 6], true, true))
    timeline.putPage({ kind: 'newest' }, page([10, 11, 12, 13], true))
    timeline.keepNewest(4)
    expect(timeline.get(5)).not.toBeNull()
    timeline.keepNewest(2)
    expect(ids(timeline)).toEqual([12, 13])
    expect([2, 5, 11].map((id) => timeline.get(id) !== null)).toEqual([true, false, false])
    expect(timeline.edges(5)).toBeNull()
    timeline.putPage({ kind: 'before', messageId: 12 }, page([10, 11], true))
    timeline.putLive(message(14))
    expect(ids(timeline)).toEqual([10, 11, 12, 13, 14])
  })

  test('an empty channel is known and complete', () => {
    const timeline = new Timeline()
    timeline.putPage({ kind: 'newest' }, page([], false))
    expect([timeline.known, timeline.complete]).toEqual([true, true])
  })

  test('a page far back does not show until the hole is filled', () => {
    const timeline = new Timeline()
    timeline.putPage({ kind: 'newest' }, page([100], true))
    timeline.putPage({ kind: 'around', messageId: 50 }, page([49, 50, 51], true, true))
    expect(ids(timeline)).toEqual([100])
    expect(timeline.around(50).map((row) => row.messageId)).toEqual([49, 50, 51])
    timeline.putPage({ kind: 'after', messageId: 51 }, page([60, 99, 100], true, false))
    expect(ids(timeline)).toEqual([49, 50, 51, 60, 99, 100])
  })

  test('a live message that overtakes the newest page still ends in one stretch', () => {
    const timeline = new Timeline()
    timeline.putLive(message(51))
    timeline.putPage({ kind: 'newest' }, page([49, 50], true))
    expect(ids(timeline)).toEqual([49, 50, 51])
  })

  test('an edit of a message that is not held waits for its page, and wins over it', () => {
    const timeline = new Timeline()
    timeline.putPage({ kind: 'newest' }, page([100], true))
    timeline.putLive(message(7, { version: 120, text: 'edited' }))
    expect(ids(timeline)).toEqual([100])
    timeline.putPage({ kind: 'before', messageId: 100 }, page([7], false))
    expect(timeline.latest[0]?.text).toBe('edited')
  })

  test('latest is the same array until something changes', () => {
    const timeline = new Timeline()
    timeline.putLive(message(1))
    const before = timeline.latest
    timeline.putLive(message(1))
    expect(timeline.latest).toBe(before)
    timeline.putLive(message(2))
    expect(timeline.latest).not.toBe(before)
  })
})
