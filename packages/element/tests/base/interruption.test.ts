import { EventEmitter } from 'node:events';
import { Interruption, listenForInterruption } from '@wheelhouse/element/internal';

class FakeProcess extends EventEmitter {
  readonly exits: number[] = [];
  exit(code: number): void {
    this.exits.push(code);
  }
}

describe('listenForInterruption', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  it('aborts at the first signal and exits at a later one', () => {
    const signalled = new FakeProcess();
    const { signal } = listenForInterruption(signalled);
    signalled.emit('SIGINT');
    expect(signal.reason).toEqual(new Interruption('SIGINT'));
    jest.advanceTimersByTime(500);
    expect(signalled.exits).toEqual([]);
    signalled.emit('SIGTERM');
    expect(signalled.exits).toEqual([143]);
  });

  it('listens until it is disposed of', () => {
    const signalled = new FakeProcess();
    const { dispose } = listenForInterruption(signalled);
    expect(signalled.eventNames()).toEqual(['SIGINT', 'SIGTERM']);
    dispose();
    expect(signalled.eventNames()).toEqual([]);
  });

  it('still takes the signal when it arrives again after the work has ended', () => {
    const signalled = new FakeProcess();
    const { dispose } = listenForInterruption(signalled);
    signalled.emit('SIGINT');
    dispose();
    signalled.emit('SIGINT');
    expect(signalled.exits).toEqual([]);
  });

  it('takes a signal that arrives twice, as from a terminal and from `timeout`, for one', () => {
    const signalled = new FakeProcess();
    listenForInterruption(signalled);
    signalled.emit('SIGINT');
    jest.advanceTimersByTime(499);
    signalled.emit('SIGINT');
    expect(signalled.exits).toEqual([]);
    jest.advanceTimersByTime(1);
    signalled.emit('SIGINT');
    expect(signalled.exits).toEqual([130]);
  });
});
