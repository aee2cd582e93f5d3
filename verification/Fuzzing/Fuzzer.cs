namespace OrleansChat.Verification.Fuzzing;

/// <summary>An input that showed a difference.</summary>
/// <param name="Number">The input's number, which together with the seed decides the input.</param>
/// <param name="Difference">What is wrong.</param>
/// <param name="Hangs">Whether the check of the input did not end.</param>
internal sealed record FuzzFailure(long Number, string Difference, bool Hangs = false);

/// <summary>Runs inputs through the protocol layer, on several threads, until one shows a difference.</summary>
/// <param name="seed">Decides all inputs.</param>
/// <param name="subject">The protocol layer under test, which all threads use.</param>
/// <param name="time">The clock for the time limits.</param>
internal sealed class Fuzzer(int seed, ProtocolSubject subject, TimeProvider time)
{
    /// <summary>After this many seconds an input counts as hanging; most take microseconds.</summary>
    public const int TimeoutSeconds = 30;

    private const int Batch = 1_000;
    private const int ProgressSeconds = 10;
    private readonly Lock _lock = new();
    private long _next, _end;
    private FuzzFailure? _failure;

    /// <summary>What the inputs consisted of. During a run, each thread's current batch is missing.</summary>
    public FuzzCounts Counts { get; } = new();

    /// <summary>The input with this number.</summary>
    public IFuzzInput Draw(long number)
    {
        Dice dice = new(seed, number);
        return dice.OneIn(3) ? new ReplyGenerator(dice).Draw() : new StreamGenerator(dice).Draw();
    }

    /// <summary>What is wrong with the results for an input; null if nothing is.</summary>
    public string? Check(IFuzzInput input) => Check(input, new());

    /// <summary>Runs inputs. Call it once.</summary>
    /// <param name="first">The number of the first input.</param>
    /// <param name="inputs">How many inputs to run.</param>
    /// <param name="length">The longest time that the run may take.</param>
    /// <param name="threads">How many inputs run at the same time.</param>
    /// <param name="progress">Called now and then with the time since the start.</param>
    /// <param name="cancellationToken">Ends the run early.</param>
    /// <returns>The failure that was found; null if there was none. A hanging thread is abandoned.</returns>
    public async Task<FuzzFailure?> RunAsync(
        long first, long inputs, TimeSpan length, int threads, Action<TimeSpan> progress, CancellationToken cancellationToken)
    {
        (_next, _end) = (first, first + inputs);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var workers = Enumerable.Range(0, threads).Select(_ => new Worker()).ToList();
        var work = Task.WhenAll(workers.Select(worker =>
            Task.Factory.StartNew(
                () => Work(worker, stop), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        var start = time.GetTimestamp();
        for (var second = 1; await Task.WhenAny(work, Task.Delay(TimeSpan.FromSeconds(1), time, CancellationToken.None)) != work; second++)
        {
            if (workers.Find(worker => worker.IsStuck()) is { } stuck)
            {
                await stop.CancelAsync();
                return new(stuck.Number, $"it takes longer than {TimeoutSeconds} s", Hangs: true);
            }

            var elapsed = time.GetElapsedTime(start);
            if (elapsed >= length) await stop.CancelAsync();
            if (second % ProgressSeconds == 0) lock (_lock) progress(elapsed);
        }

        await work;
        return _failure;
    }

    private void Work(Worker worker, CancellationTokenSource stop)
    {
        try
        {
            while (!stop.IsCancellationRequested && Volatile.Read(ref _failure) is null)
            {
                var first = Interlocked.Add(ref _next, Batch) - Batch;
                if (first >= _end) break;
                FuzzCounts counts = new();
                RunBatch(worker, first, counts);
                lock (_lock) Counts.Add(counts);
            }
        }
        catch
        {
            // If a generator fails, stop the other threads now, so that the failure is reported at once.
            stop.Cancel();
            throw;
        }
        finally
        {
            worker.Number = Worker.Idle;
        }
    }

    private void RunBatch(Worker worker, long first, FuzzCounts counts)
    {
        for (var number = first; number < Math.Min(first + Batch, _end); number++)
        {
            worker.Number = number;
            counts.Inputs++;
            if (Check(Draw(number), counts) is not { } difference) continue;
            lock (_lock) _failure = _failure is { } earlier && earlier.Number < number ? earlier : new(number, difference);
            break;
        }
    }

    private string? Check(IFuzzInput input, FuzzCounts counts)
    {
        try
        {
            return input.Check(subject, counts);
        }
        // The protocol layer should not throw any exception.
        catch (Exception exception)
        {
            return $"{exception.GetType().Name}: {exception.Message}";
        }
    }

    /// <summary>What a thread is doing. Its owner asks once per second, so a suspended process does not look like a hanging one.</summary>
    private sealed class Worker
    {
        public const long Idle = -1;

        private long _number = Idle, _lastSeen = Idle;
        private int _seconds;

        public long Number
        {
            get => Volatile.Read(ref _number);
            set => Volatile.Write(ref _number, value);
        }

        public bool IsStuck()
        {
            _seconds = Number == _lastSeen ? _seconds + 1 : 0;
            _lastSeen = Number;
            return _seconds >= TimeoutSeconds && _lastSeen != Idle;
        }
    }
}
