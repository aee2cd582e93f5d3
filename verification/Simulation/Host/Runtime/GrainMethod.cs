using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using System.Reflection;
using Orleans.Concurrency;

namespace OrleansChat.Verification.Simulation.Host;

/// <summary>A method of a grain interface: how it may interleave, and compiled code that invokes it.</summary>
internal sealed class GrainMethod
{
    private readonly Func<object, object?[], Task> _invoke;
    private readonly Func<SimulatedSilo, GrainMethod, object?[], MethodCall> _newCall;
    private readonly Func<Task, object> _asReturned;

    /// <exception cref="NotSupportedException">The method is generic, or returns neither a task nor a value task.</exception>
    public GrainMethod(MethodInfo method)
    {
        Name = $"{method.DeclaringType!.Name}.{method.Name}";
        AlwaysInterleave = method.IsDefined(typeof(AlwaysInterleaveAttribute));
        ReadOnly = method.IsDefined(typeof(ReadOnlyAttribute));
        Timeout = method.GetCustomAttribute<ResponseTimeoutAttribute>()?.Timeout;
        TokenIndex = Array.FindIndex(method.GetParameters(), parameter => parameter.ParameterType == typeof(CancellationToken));
        var result = ResultOf(method);
        _newCall = result is null
            ? static (silo, method, arguments) => new PlainCall(silo, method, arguments)
            : Generic(nameof(NewResultCall), result).CreateDelegate<Func<SimulatedSilo, GrainMethod, object?[], MethodCall>>();
        _asReturned = !IsValueTask(method.ReturnType) ? static task => task
            : result is null ? static task => new ValueTask(task)
            : Generic(nameof(AsValueTask), result).CreateDelegate<Func<Task, object>>();
        _invoke = Compile(method);
    }

    public string Name { get; }

    public bool AlwaysInterleave { get; }

    public bool ReadOnly { get; }

    public TimeSpan? Timeout { get; }

    /// <summary>The position of the parameter that is a <see cref="CancellationToken"/>, or -1.</summary>
    public int TokenIndex { get; }

    public Task Invoke(object target, object?[] arguments) => _invoke(target, arguments);

    public MethodCall NewCall(SimulatedSilo silo, object?[] arguments) => _newCall(silo, this, arguments);

    /// <summary>The return value of a proxy for a call that this task answers.</summary>
    public object AsReturned(Task answered) => _asReturned(answered);

    /// <summary>The type of the result; null if the method has none.</summary>
    private static Type? ResultOf(MethodInfo method)
    {
        var type = method.ReturnType;
        if (!method.IsGenericMethod && (type == typeof(Task) || type == typeof(ValueTask))) return null;
        if (!method.IsGenericMethod && type.IsGenericType && type.GetGenericTypeDefinition() is var open
            && (open == typeof(Task<>) || open == typeof(ValueTask<>)))
            return type.GenericTypeArguments[0];
        throw new NotSupportedException(
            $"{method.DeclaringType}.{method.Name}: a grain method must not be generic, and must return a Task or a ValueTask.");
    }

    private static bool IsValueTask(Type type) =>
        type == typeof(ValueTask) || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ValueTask<>));

    private static MethodInfo Generic(string name, Type result) =>
        typeof(GrainMethod).GetMethod(name, BindingFlags.NonPublic | BindingFlags.Static)!.MakeGenericMethod(result);

    [SuppressMessage("Performance", "CA1859", Justification = "A proxy returns objects, whatever the type of the result.")]
    private static object AsValueTask<T>(Task task) => new ValueTask<T>((Task<T>)task);

    private static ResultCall<T> NewResultCall<T>(SimulatedSilo silo, GrainMethod method, object?[] arguments)
        => new(silo, method, arguments);

    private static Func<object, object?[], Task> Compile(MethodInfo method)
    {
        var target = Expression.Parameter(typeof(object));
        var arguments = Expression.Parameter(typeof(object?[]));
        var typed = method.GetParameters().Select((parameter, index) => Expression.Convert(
            Expression.ArrayIndex(arguments, Expression.Constant(index)), parameter.ParameterType));
        Expression call = Expression.Call(Expression.Convert(target, method.DeclaringType!), method, typed);
        if (IsValueTask(method.ReturnType)) call = Expression.Call(call, nameof(ValueTask.AsTask), []);
        return Expression.Lambda<Func<object, object?[], Task>>(call, target, arguments).Compile();
    }
}
