namespace OrleansChat.Grains.Push;

/// <summary>Reads what is asked for one by one, with one statement for all that was asked for during the last. Thread-safe.</summary>
/// <param name="read">Reads, and answers in the order of what was asked for.</param>
internal sealed class GroupedReads<TAsked, TAnswer>(Func<IReadOnlyList<TAsked>, Task<IReadOnlyList<TAnswer>>> read)
{
    /// <summary>The most that one statement is asked for.</summary>
    private const int MaxAtOnce = 200;

    private readonly Lock _gate = new();
    private readonly Queue<(TAsked Asked, TaskCompletionSource<TAnswer> Answer)> _waiting = [];
    private bool _isRunning;

    /// <summary>Reads something.</summary>
    public Task<TAnswer> ReadAsync(TAsked asked)
    {
        var answer = new TaskCompletionSource<TAnswer>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _waiting.Enqueue((asked, answer));
            if (_isRunning) return answer.Task;
            _isRunning = true;
        }
        _ = Task.Run(RunAsync);
        return answer.Task;
    }

    private async Task RunAsync()
    {
        while (true)
        {
            var group = new List<(TAsked Asked, TaskCompletionSource<TAnswer> Answer)>();
            lock (_gate)
            {
                while (group.Count < MaxAtOnce && _waiting.TryDequeue(out var next)) group.Add(next);
                if (group.Count == 0)
                {
                    _isRunning = false;
                    return;
                }
            }
            try
            {
                var answers = await read(group.ConvertAll(one => one.Asked));
                for (var i = 0; i < group.Count; i++) group[i].Answer.SetResult(answers[i]);
            }
            catch (Exception exception)
            {
                foreach (var (_, answer) in group) answer.TrySetException(exception);
            }
        }
    }
}
