"""A pool of worker processes that survives the death of one of them.

The pools of the standard library do not: when a worker is killed, they wait for its answer for ever, or they end too.
"""

import traceback
from collections.abc import Iterable, Iterator
from multiprocessing import Pipe, get_context
from multiprocessing.connection import Connection, wait

from fault_detection.jobs import Job, Result

# A worker is replaced after a few jobs, because a faulty server may leak resources.
_JOBS_PER_WORKER = 8


def run_jobs(jobs: Iterable[Job], processes: int) -> Iterator[tuple[int, Result]]:
    """Run jobs in worker processes. Yield the number and the result of each job when it has ended."""
    waiting, idle, busy = enumerate(jobs), list[_Worker](), list[_Worker]()
    try:
        while True:
            _start_jobs(waiting, idle, busy, processes)
            if not busy:
                return
            ready = wait([worker.connection for worker in busy])
            for worker in [worker for worker in busy if worker.connection in ready]:
                busy.remove(worker)
                idle.append(worker)
                yield worker.job_number, worker.receive_result()
    finally:
        for worker in (*idle, *busy):
            worker.stop()


def _start_jobs(waiting: Iterator[tuple[int, Job]], idle: list["_Worker"], busy: list["_Worker"], processes: int) -> None:
    while len(busy) < processes and (numbered_job := next(waiting, None)) is not None:
        worker = _take_worker(idle)
        worker.start_job(*numbered_job)
        busy.append(worker)


def _take_worker(idle: list["_Worker"]) -> "_Worker":
    """Return an idle worker that may run another job, or a new worker."""
    while idle:
        worker = idle.pop()
        if worker.jobs_left:
            return worker
        worker.stop()
    return _Worker()


class _Worker:
    """A worker process and the job that it runs."""

    def __init__(self) -> None:
        self.connection, child_connection = Pipe()
        self._process = get_context("fork").Process(target=_work, args=(child_connection,), daemon=True)
        self._process.start()
        child_connection.close()
        self.jobs_left = _JOBS_PER_WORKER

    def start_job(self, number: int, job: Job) -> None:
        self.job_number, self._job = number, job
        self.jobs_left -= 1
        self.connection.send(job)

    def receive_result(self) -> Result:
        try:
            result: Result = self.connection.recv()
        except (EOFError, ConnectionResetError):  # the process has died
            self._process.join()
            self.jobs_left = 0
            return self._job.error_result(f"its process ended with {self._process.exitcode}")
        return result

    def stop(self) -> None:
        self._process.kill()
        self._process.join()
        self.connection.close()


def _work(connection: Connection) -> None:
    while True:
        connection.send(_run_job(connection.recv()))


def _run_job(job: Job) -> Result:
    """Run a job. If it raises, its result is the error, and the other jobs still run."""
    try:
        return job.run()
    except Exception as error:  # noqa: BLE001 - any error of a job is recorded, and makes the command exit with 1
        traceback.print_exc()
        return job.error_result(f"{type(error).__name__}: {error}")
