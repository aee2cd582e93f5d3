namespace OrleansChat.Storage.Logs;

/// <summary>Answers questions, with one statement for all that were asked during the last.</summary>
internal abstract class GroupedReader<TQuestion, TAnswer> : GroupedWriter<(TQuestion Question, TaskCompletionSource<TAnswer> Answer)>
{
    /// <summary>Queues a question before returning.</summary>
    protected Task<TAnswer> AskAsync(TQuestion question)
    {
        var answer = new TaskCompletionSource<TAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        Queue((question, answer));
        return answer.Task;
    }

    /// <summary>Answers questions in their order.</summary>
    protected abstract Task<List<TAnswer>> AnswerAsync(List<TQuestion> questions, CancellationToken cancellationToken);

    /// <inheritdoc/>
    protected sealed override async Task WriteAsync(
        List<(TQuestion Question, TaskCompletionSource<TAnswer> Answer)> batch, CancellationToken cancellationToken)
    {
        try
        {
            var answers = await AnswerAsync(batch.ConvertAll(asked => asked.Question), cancellationToken);
            foreach (var (asked, answer) in batch.Zip(answers)) asked.Answer.SetResult(answer);
        }
        catch (Exception exception)
        {
            foreach (var (_, answer) in batch) answer.TrySetException(exception);
        }
    }
}
