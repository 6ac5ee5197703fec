import type { ComposeOption } from 'echarts/core'
import type { LineSeriesOption } from 'echarts/charts'
import type { GridComponentOption, TooltipComponentOption } from 'echarts/components'
import type { StorageSample } from '@/api/types'

export type ChartOption = ComposeOption<LineSeriesOption | GridComponentOption | TooltipComponentOption>

export interface ChartLook {
  primary: string
  faint: string
  line: string
  text: string
  panel: string
  strong: string
}

export interface ChartTexts {
  stored: string
  logical: string
  bytes: (value: number) => string
  day: (at: number) => string
  dateTime: (at: number) => string
}

// The tooltip as elements: the content security policy allows no styles inside HTML text.
function tooltipOf(sample: StorageSample, texts: ChartTexts): HTMLElement {
  const box = document.createElement('div')
  box.className = 'chart-tooltip'
  const rows = [
    [texts.dateTime(Date.parse(sample.at)), ''],
    [texts.stored, texts.bytes(sample.bytes)],
    [texts.logical, texts.bytes(sample.logicalBytes)],
  ]
  for (const [name, value] of rows) {
    const row = box.appendChild(document.createElement('div'))
    row.appendChild(document.createElement('span')).textContent = name ?? ''
    row.appendChild(document.createElement('b')).textContent = value ?? ''
  }
  return box
}

// Between two lines of the grid: 1, 2 or 5 of a binary unit, so that the labels are round.
export function gridStep(most: number, lines = 4): number {
  const unit = 1024 ** Math.max(0, Math.floor(Math.log(Math.max(1, most)) / Math.log(1024)))
  const wanted = Math.max(1, most) / lines / unit
  const power = 10 ** Math.floor(Math.log10(wanted))
  const step = [1, 2, 5, 10].find((factor) => factor * power >= wanted) ?? 10
  return step * power * unit
}

export function chartOptions(samples: StorageSample[], look: ChartLook, texts: ChartTexts): ChartOption {
  const points = (pick: (sample: StorageSample) => number) => samples.map((one) => [Date.parse(one.at), pick(one)])
  const common = { type: 'line' as const, showSymbol: false, smooth: 0.15, emphasis: { disabled: true } }
  const step = gridStep(Math.max(...samples.map((one) => one.logicalBytes)))
  return {
    animation: false,
    grid: { left: 8, right: 12, top: 12, bottom: 4, containLabel: true },
    tooltip: {
      trigger: 'axis',
      backgroundColor: look.panel,
      borderColor: look.line,
      textStyle: { color: look.strong, fontSize: 13 },
      axisPointer: { lineStyle: { color: look.text, type: 'dashed' } },
      formatter: (parameters) => {
        const first = Array.isArray(parameters) ? parameters[0] : parameters
        const sample = samples[first?.dataIndex ?? 0]
        return sample ? tooltipOf(sample, texts) : ''
      },
    },
    xAxis: {
      type: 'time',
      axisLine: { lineStyle: { color: look.line } },
      axisTick: { show: false },
      splitNumber: 5,
      axisLabel: { color: look.text, hideOverlap: true, formatter: texts.day },
    },
    yAxis: {
      type: 'value',
      interval: step,
      max: ({ max }) => Math.ceil(max / step) * step,
      splitLine: { lineStyle: { color: look.line } },
      axisLabel: { color: look.text, formatter: texts.bytes },
    },
    series: [
      {
        ...common,
        name: texts.logical,
        data: points((one) => one.logicalBytes),
        lineStyle: { color: look.text, width: 1.5, type: 'dashed', opacity: 0.7 },
        itemStyle: { color: look.text },
      },
      {
        ...common,
        name: texts.stored,
        data: points((one) => one.bytes),
        lineStyle: { color: look.primary, width: 2 },
        itemStyle: { color: look.primary },
        areaStyle: { color: look.faint, opacity: 0.7 },
      },
    ],
  }
}
