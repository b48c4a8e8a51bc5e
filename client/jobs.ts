import { queryOptions, useMutation } from '@tanstack/react-query';
import { api } from '@/contract/paths';
import { Accepted } from '@/contract/schemas/common';
import { Job, type JobListQuery, JobLog, JobPage } from '@/contract/schemas/job';
import { fetchJson } from './fetch-json';
import { keys } from './keys';

export const jobQuery = (id: number) =>
  queryOptions({
    queryKey: keys.detail('job', id),
    queryFn: ({ signal }) => fetchJson(api.job(id), { answers: Job, signal }),
  });

export const jobsQuery = (query: JobListQuery) =>
  queryOptions({
    queryKey: keys.list('job', query),
    queryFn: ({ signal }) => fetchJson(api.jobs(query), { answers: JobPage, signal }),
  });

/** What the frame counts and its sheet lists. */
export const unfinishedJobsQuery = () =>
  jobsQuery({ status: 'unfinished', page: 1, pageSize: 50, search: '' });

/** The whole log; live events append to it. */
export const jobLogQuery = (id: number) =>
  queryOptions({
    queryKey: keys.jobLog(id),
    queryFn: ({ signal }) => fetchJson(api.jobLog(id), { answers: JobLog, signal }),
  });

export const useCancelJob = () =>
  useMutation({
    mutationFn: ({ id }: { id: number }) =>
      fetchJson(api.jobCancel(id), { answers: Accepted, method: 'POST', body: {} }),
  });
