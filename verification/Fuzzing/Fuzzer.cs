namespace OrleansChat.Verification.Fuzzing;

/// <summary>An input that showed a difference.</summary>
/// <param name="Number">Its number: with the seed it decides the input.</param>
/// <param name="Difference">What is wrong.</param>
/// <param name="Hangs">Whether it never came to an end.</param>
internal sealed record FuzzFailure(long Number, string Difference, bool Hangs = false);

/// <summary>Gives inputs to the protocol layer, from several threads, until one shows a difference.</summary>
/// <param name="seed">Decides all inputs.</param>
/// <param name="subject">What is under test; used by all threads.</param>
/// <param name="time">The clock of the limits.</param>
internal sealed class Fuzzer(int seed, ProtocolSubject subject, TimeProvider time)
{
    /// <summary>How many seconds an input may take (most take microseconds) until it counts as one that hangs.</summary>
    public const int PatienceSeconds = 30;

    private const int Batch = 1_000;
    private const int ProgressSeconds = 10;
    private readonly Lock _lock = new();
    private long _next, _end;
    private FuzzFailure? _failure;

    /// <summary>What the inputs were made of. Behind by a batch for each thread while it runs.</summary>
    public FuzzCounts Counts { get; } = new();

    /// <summary>The input with this number.</summary>
    public IFuzzInput Draw(long number)
    {
        Dice dice = new(seed, number);
        return dice.OneIn(3) ? new ReplyGenerator(dice).Draw() : new StreamGenerator(dice).Draw();
    }

    /// <summary>What is wrong with an input; null if nothing is.</summary>
    public string? Check(IFuzzInput input) => Check(input, new());

    /// <summary>Runs inputs. To be called once.</summary>
    /// <param name="first">The number of the first.</param>
    /// <param name="inputs">How many.</param>
    /// <param name="length">For how long at most.</param>
    /// <param name="threads">How many inputs at the same time.</param>
    /// <param name="progress">Told now and then how long it has run.</param>
    /// <param name="cancellationToken">Ends the run early.</param>
    /// <returns>The failure that was found; null if there was none. A thread that hangs is left behind.</returns>
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
                return new(stuck.Number, $"it takes longer than {PatienceSeconds} s", Hangs: true);
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
            // A generator that fails must not go unheard until the other threads have come to their end.
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
        // Whatever the protocol layer throws, it should not have.
        catch (Exception e)
        {
            return $"{e.GetType().Name}: {e.Message}";
        }
    }

    /// <summary>What a thread is at. Its owner asks once a second: a process that stood still is not taken for one that hangs.</summary>
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
            return _seconds >= PatienceSeconds && _lastSeen != Idle;
        }
    }
}
