using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Orleans.Hosting;
using OrleansChat.Hosts.Tests.Contract;
using OrleansChat.Verification.Simulation.Host;

namespace OrleansChat.SimulationHost.Tests;

/// <summary>
/// A silo, a scenario and a clock on one thread: whatever can run next is drawn by a seed, and time passes only
/// when the scenario says so. What happens is therefore the same each time.
/// </summary>
internal sealed class Simulation : SynchronizationContext, ITurnQueue
{
    private readonly Random _random;
    private readonly List<IThreadPoolWorkItem> _items = [];
    private readonly Queue<TaskCompletionSource> _settling = new();
    private readonly ServiceProvider _services;

    private Simulation(int seed, Action<SimulatedSiloOptions>? configure)
    {
        _random = new Random(seed);
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<TimeProvider>(Time);
        services.AddSingleton<ITurnQueue>(this);
        services.AddKeyedSingleton<IGrainStateStore>("memory", new MemoryStateStore(States));
        services.AddSimulatedSilo(options =>
        {
            options.GrainAssemblies.Add(typeof(Simulation).Assembly);
            options.MaxTurnsInARow = 1;
            configure?.Invoke(options);
        });
        _services = services.BuildServiceProvider();
    }

    public FakeTimeProvider Time { get; } = new();

    public MemoryStates States { get; } = new();

    public SimulatedSilo Silo => _services.GetRequiredService<SimulatedSilo>();

    public IGrainFactory Grains => _services.GetRequiredService<IGrainFactory>();

    /// <summary>Runs a scenario to its end.</summary>
    /// <exception cref="InvalidOperationException">Nothing is left that could run, and the scenario still waits.</exception>
    public static void Run(Func<Simulation, Task> scenario, Action<SimulatedSiloOptions>? configure = null, int seed = 1)
    {
        var simulation = new Simulation(seed, configure);
        var before = Current;
        SetSynchronizationContext(simulation);
        try
        {
            simulation.RunUntil(simulation.RunAsync(scenario));
        }
        finally
        {
            SetSynchronizationContext(before);
        }
    }

    /// <summary>Completes when there is nothing left to do but what the scenario does next.</summary>
    public Task Settled()
    {
        var settled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _settling.Enqueue(settled);
        return settled.Task;
    }

    /// <summary>Lets everything run that can, then time pass, and then everything run that it sets off.</summary>
    public async Task Pass(TimeSpan time)
    {
        await Settled();
        Time.Advance(time);
        await Settled();
    }

    public void Post(IThreadPoolWorkItem item) => _items.Add(item);

    public override void Post(SendOrPostCallback d, object? state) => _items.Add(new Callback(this, d, state));

    private async Task RunAsync(Func<Simulation, Task> scenario)
    {
        await Silo.StartAsync(CancellationToken.None);
        await scenario(this);
        await Silo.StopAsync(CancellationToken.None);
        await _services.DisposeAsync();
    }

    private void RunUntil(Task scenario)
    {
        while (!scenario.IsCompleted)
        {
            if (_items.Count > 0)
            {
                var drawn = _random.Next(_items.Count);
                var item = _items[drawn];
                _items.RemoveAt(drawn);
                item.Execute();
            }
            else if (_settling.TryDequeue(out var settled))
            {
                settled.SetResult();
            }
            else
            {
                throw new InvalidOperationException("The scenario waits for something that will never happen.");
            }
        }

        scenario.GetAwaiter().GetResult();
    }

    private sealed class Callback(Simulation simulation, SendOrPostCallback callback, object? state) : IThreadPoolWorkItem
    {
        public void Execute()
        {
            SetSynchronizationContext(simulation);
            callback(state);
        }
    }
}
