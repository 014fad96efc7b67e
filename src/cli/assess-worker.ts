import { availableParallelism } from "node:os";
import { parentPort, workerData } from "node:worker_threads";
import { readAnswers } from "../analyzer/answers.js";
import { type AssessFileOptions, type FileToJudge, judgeFile } from "../analyzer/assess-file.js";
import { REMEMBERED_CHARACTERS } from "../analyzer/audit-inputs.js";
import { StudyCache } from "../analyzer/study-script.js";
import { judgeLanguage } from "../codegen/judge-language.js";
import type { AssessRequest } from "./assess-pool.js";

const { answers, ...request } = workerData as AssessRequest;
const options: AssessFileOptions = {
  ...request,
  judgeLanguage,
  studies: new StudyCache(REMEMBERED_CHARACTERS / availableParallelism()),
  ...(answers && { answers: readAnswers(answers.file, answers.text) }),
};

parentPort?.on("message", (files: readonly FileToJudge[]) =>
  parentPort?.postMessage(files.map((file) => judgeFile(file, options))),
);
